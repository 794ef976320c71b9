import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** What a Date can be, microseconds. */
const MAX_UNIX_MICROS = 8.64e18;

/**
 * OpenTelemetry's pair of seconds and nanoseconds as epoch microseconds; a double holds those exactly. 0 for what
 * is no time: the SDK takes NaN for one, and neither BigInt nor Date does.
 */
export function unixMicros(time: readonly [number, number]): number {
  return isTime(time) ? Math.round(time[0] * 1e6) + Math.round(time[1] / 1e3) : 0;
}

/** Not so for NaN either. */
function isTime([seconds, nanos]: readonly [number, number]): boolean {
  return Math.abs(seconds * 1e6 + nanos / 1e3) <= MAX_UNIX_MICROS;
}

/** Whether one span started before another; one whose start is no time is the youngest. */
export function startsBefore({ startTime: a }: ReadableSpan, { startTime: b }: ReadableSpan): boolean {
  if (!isTime(a)) return false;
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]) || !isTime(b);
}

/** How long an ended span took, nanoseconds. 0 where its end lies before its start, as clocks that were set back make it. */
export function durationNanos(span: ReadableSpan): number {
  const nanos = span.duration[0] * 1e9 + span.duration[1];
  return nanos > 0 && nanos < Number.POSITIVE_INFINITY ? nanos : 0;
}

/** How long a span has run, milliseconds. 0 where its start is no time. */
export function ageMs({ startTime }: ReadableSpan, nowMs: number): number {
  return isTime(startTime) ? Math.max(0, nowMs - unixMicros(startTime) / 1e3) : 0;
}

/** OpenTelemetry's TraceFlags.SAMPLED. */
export const SAMPLED_FLAG = 1;

/** Whether the trace of a span is sampled for export. */
export function isSampled(span: ReadableSpan): boolean {
  return (span.spanContext().traceFlags & SAMPLED_FLAG) === SAMPLED_FLAG;
}
