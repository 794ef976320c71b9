import { formatDuration } from '@distrace/zipkin';

/** How long after (or before) another moment something was, both in epoch microseconds: `+3ms`, `−20µs`. */
export function offsetText(timestamp: number, from: number): string {
  return `${timestamp < from ? '−' : '+'}${formatDuration(Math.abs(timestamp - from))}`;
}

/** The same from the start of the trace, in words. */
export function inTraceText(timestamp: number, traceStart: number): string {
  return `${offsetText(timestamp, traceStart)} in the trace`;
}
