import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** OpenTelemetry's pair of seconds and nanoseconds as epoch microseconds; a double holds those exactly. */
export function unixMicros([seconds, nanos]: readonly [number, number]): number {
  return seconds * 1e6 + Math.round(nanos / 1e3);
}

/** How long an ended span took, nanoseconds. 0 where its end lies before its start, as clocks that were set back make it. */
export function durationNanos(span: ReadableSpan): number {
  const nanos = span.duration[0] * 1e9 + span.duration[1];
  return nanos > 0 ? nanos : 0;
}

/** How long a span has run, milliseconds. */
export function ageMs(span: ReadableSpan, nowMs: number): number {
  return Math.max(0, nowMs - unixMicros(span.startTime) / 1e3);
}

/** OpenTelemetry's TraceFlags.SAMPLED. */
export const SAMPLED_FLAG = 1;

/** Whether the trace of a span is sampled for export. */
export function isSampled(span: ReadableSpan): boolean {
  return (span.spanContext().traceFlags & SAMPLED_FLAG) === SAMPLED_FLAG;
}
