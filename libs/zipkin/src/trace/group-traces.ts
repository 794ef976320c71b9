import type { Span } from '../span.js';

/** Spans by trace, all digits of the id counting, in the order in which traces first appear: 64-bit and 128-bit
 * forms of one id stay apart, and so do ids that differ in the high half only. */
export function groupTraces(spans: Iterable<Span>): Map<string, Span[]> {
  const traces = new Map<string, Span[]>();
  for (const span of spans) {
    const trace = traces.get(span.traceId);
    if (trace) trace.push(span);
    else traces.set(span.traceId, [span]);
  }
  return traces;
}
