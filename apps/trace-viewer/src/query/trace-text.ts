import type { Span } from '@distrace/zipkin';
import type { StoredTrace } from '../store/stored-trace.js';

/** Only the span's own time has a comma before it and a digit behind: annotations begin with theirs, and quotes
 * inside texts are escaped. */
const TIMESTAMP = ',"timestamp":';

/**
 * The spans of a trace as they came, as a JSON list. In Zipkin's order: those that began in one millisecond stand
 * together, where the first of them came.
 */
export function traceToJson(trace: StoredTrace): string {
  const byMillisecond = new Map<number, string[]>();
  for (const text of trace.texts()) {
    const ms = millisecondOf(text);
    const same = byMillisecond.get(ms);
    if (same) same.push(text);
    else byMillisecond.set(ms, [text]);
  }
  return `[${[...byMillisecond.values()].flat().join(',')}]`;
}

/** The same of several traces, one after the other. */
export function* tracesToJson(traces: Iterable<StoredTrace>): Generator<string> {
  for (const trace of traces) yield traceToJson(trace);
}

/** The spans of a trace as they came. */
export function spansOf(trace: StoredTrace): Span[] {
  return JSON.parse(`[${[...trace.texts()].join(',')}]`) as Span[];
}

function millisecondOf(text: string): number {
  const at = text.indexOf(TIMESTAMP);
  if (at === -1) return 0;
  const micros = Number.parseInt(text.slice(at + TIMESTAMP.length, at + TIMESTAMP.length + 16), 10);
  return Number.isNaN(micros) ? 0 : Math.floor(micros / 1000);
}
