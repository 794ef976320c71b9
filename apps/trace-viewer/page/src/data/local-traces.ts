import { decodeSpans, groupTraces, summarise } from '@distrace/zipkin';
import type { Span } from '@distrace/zipkin';
import { normaliseTraceId } from '../model/route.js';
import type { ListedTrace } from './api.js';

/** A trace that came from a file and lives in this tab only. */
interface LocalTrace {
  readonly spans: readonly Span[];
  readonly fileName: string;
}

const traces = new Map<string, LocalTrace>();

/** Reads spans from a file's text: a list of spans of any format, or a list of such lists as Zipkin downloads many.
 * @returns ids of its traces. @throws Error that says what is wrong. */
export function addLocalTraces(text: string, fileName: string): string[] {
  const ids: string[] = [];
  for (const [traceId, spans] of groupTraces(readSpans(text))) {
    traces.set(normaliseTraceId(traceId), { spans, fileName });
    ids.push(normaliseTraceId(traceId));
  }
  if (ids.length === 0) throw new Error('There is no span in it.');
  return ids;
}

export function localTrace(traceId: string): LocalTrace | undefined {
  return traces.get(traceId);
}

export function localSummaries(): ListedTrace[] {
  return [...traces.values()].map(({ spans }) => summarise(spans)).toReversed();
}

export function clearLocalTraces(): void {
  traces.clear();
}

function readSpans(text: string): Span[] {
  if (!/^\s*\[\s*\[/.test(text)) return decodeSpans(text);
  const lists = JSON.parse(text) as readonly unknown[];
  return lists.flatMap((list) => decodeSpans(JSON.stringify(list)));
}
