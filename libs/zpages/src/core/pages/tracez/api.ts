import type { Row } from '../../query.js';
import type { EndedSpan, PlainAttribute, PlainSpan, PlainValue, RunningSpan } from '../../span-data.js';

/** The specification's `TracezCounts`. */
export function tracezCounts(row: Row) {
  return { spanname: row.name, latency: row.latency, running: row.running, error: row.errors };
}

/** The specification's `LatencyData`, as the JSON of Protocol Buffers and OTLP has it: ids hexadecimal, times decimal nanoseconds. */
export function latencyData(span: EndedSpan) {
  const endtime = nanosText(span.startUnixMicros, span.durationNanos);
  return { ...head(span), endtime, ...body(span) };
}

/** The specification's `RunningData`. */
export function runningData(span: RunningSpan) {
  return { ...head(span), ...body(span) };
}

/** The specification's `ErrorData`. */
export function errorData(span: EndedSpan) {
  const status = { code: 2, message: span.statusMessage ?? '' };
  return { ...head(span), ...body(span), status };
}

function head(span: PlainSpan) {
  return {
    traceid: span.traceId,
    spanid: span.spanId,
    parentid: span.parentSpanId ?? '',
    starttime: nanosText(span.startUnixMicros),
  };
}

function body(span: PlainSpan) {
  return {
    attributes: span.attributes.map(keyValue),
    events: span.events.map((event) => ({
      timeUnixNano: nanosText(event.timeUnixMicros),
      name: event.name,
      attributes: event.attributes.map(keyValue),
    })),
    links: span.links.map((link) => ({
      traceId: link.traceId,
      spanId: link.spanId,
      attributes: link.attributes.map(keyValue),
    })),
  };
}

function nanosText(unixMicros: number, plusNanos = 0): string {
  // Numbers lose nanoseconds of this age; BigInt takes whole numbers only.
  return String(BigInt(Math.round(unixMicros)) * 1000n + BigInt(Math.round(plusNanos)));
}

function keyValue({ key, value }: PlainAttribute) {
  return { key, value: anyValue(value) };
}

function anyValue(value: PlainValue): object {
  if (value === null) return {};
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'object') return { arrayValue: { values: value.map(anyValue) } };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
