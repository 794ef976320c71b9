import { buildTraceTree, decodeSpans, encodeV2 } from '@distrace/zipkin';
import type { Span, TraceTree } from '@distrace/zipkin';
import { keepNearest, MAX_SHOWN_SPANS } from '../model/keep-nearest.js';

/** A trace, read and laid out. */
export interface LoadedTrace {
  readonly tree: TraceTree;
  /** Number of span ids, of which the tree may hold fewer. */
  readonly totalSpans: number;
  /** All that came, as JSON for a download. */
  readonly json: () => string;
}

/** Reads a trace as the server sent it. */
export function readTrace(text: string): LoadedTrace {
  return layOut(decodeSpans(text), () => text);
}

/** Lays out a trace whose spans are at hand. */
export function layOutSpans(spans: readonly Span[]): LoadedTrace {
  return layOut(spans, () => encodeV2(spans));
}

function layOut(spans: readonly Span[], json: () => string): LoadedTrace {
  const whole = buildTraceTree(spans);
  const tree = whole.size > MAX_SHOWN_SPANS ? buildTraceTree(keepNearest(whole, MAX_SHOWN_SPANS)) : whole;
  return { tree, totalSpans: whole.size, json };
}
