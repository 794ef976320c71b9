import { buildTraceTree, decodeStoredSpans, encodeV2, summarise } from '@distrace/zipkin';
import type { Span, TraceTree } from '@distrace/zipkin';
import { keepNearest, MAX_SHOWN_SPANS } from '../model/keep-nearest.js';

/** A trace, read and laid out. */
export interface LoadedTrace {
  readonly tree: TraceTree;
  /** Numbers of the whole trace, of which the tree may hold a part. */
  readonly totals: TraceTotals;
  /** All that came, as JSON for a download. */
  readonly json: () => string;
  /** The tree of all that came; built again when not all of it is shown. */
  readonly whole: () => TraceTree;
}

/** Numbers of a whole trace. */
export interface TraceTotals {
  /** Span ids. */
  readonly spans: number;
  /** Services that recorded any of them. */
  readonly services: number;
  /** Earliest start and latest end, epoch microseconds; both 0 when nothing has a time. */
  readonly start: number;
  readonly end: number;
}

/** Reads a trace as the server sent it. However large it is: the server has taken it already. */
export function readTrace(text: string, limit = MAX_SHOWN_SPANS): LoadedTrace {
  const read = (): Span[] => decodeStoredSpans(text).spans;
  return layOut(read(), { json: () => text, read, limit });
}

/** Lays out a trace whose spans are at hand. */
export function layOutSpans(spans: readonly Span[], limit = MAX_SHOWN_SPANS): LoadedTrace {
  return layOut(spans, { json: () => encodeV2(spans), read: () => spans, limit });
}

function layOut(
  spans: readonly Span[],
  {
    json,
    read,
    limit,
  }: { readonly json: () => string; readonly read: () => readonly Span[]; readonly limit: number },
): LoadedTrace {
  const whole = buildTraceTree(spans);
  const { size, start, end } = whole;
  const totals = { spans: size, services: summarise(whole).services.length, start, end };
  if (size <= limit) return { tree: whole, totals, json, whole: () => whole };
  const tree = buildTraceTree(keepNearest(whole, limit));
  // The whole tree is not kept: of a trace this large it costs more than building it once more for a download.
  return { tree, totals, json, whole: () => buildTraceTree(read()) };
}
