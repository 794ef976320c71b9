import type { HrTime } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter as OtelSpanExporter } from '@opentelemetry/sdk-trace';
import { SpanExporter } from './span-exporter.js';
import type { SendOptions } from './span-exporter.js';
import { ATTR_PIECE, isInternalAttribute } from './to-zipkin.js';
import { writeSpans } from './write-spans.js';

/** Makes an exporter of OpenTelemetry's one of ours. Opening pieces are left out, since only Zipkin can join them
 * with the closing ones, and attributes that are Distrace's own business are taken off. */
export class OtelExporterAdapter extends SpanExporter {
  readonly #exporter: OtelSpanExporter;

  constructor(exporter: OtelSpanExporter) {
    super();
    this.#exporter = exporter;
  }

  override send(spans: readonly ReadableSpan[], options: SendOptions): Promise<void> {
    const whole = writeSpans(spans, wholeSpan, options).flat();
    if (whole.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#exporter.export(whole, ({ code, error }) => {
        if (code === 0) resolve();
        else reject(error ?? new Error('the exporter failed and did not say why'));
      });
    });
  }

  override async forceFlush(): Promise<void> {
    await super.forceFlush();
    await this.#exporter.forceFlush?.();
  }

  override async shutdown(): Promise<void> {
    await super.shutdown();
    await this.#exporter.shutdown();
  }
}

/** The span as others may see it, if they are to see it at all. */
function wholeSpan(span: ReadableSpan): ReadableSpan[] {
  if (span.attributes[ATTR_PIECE] === 'open') return [];
  assertWritable(span);
  return [withoutInternals(span)];
}

/** OpenTelemetry's exporter fails with a whole batch for one span that it cannot write. */
function assertWritable(span: ReadableSpan): void {
  const { traceId, spanId } = span.spanContext();
  if (typeof traceId !== 'string' || typeof spanId !== 'string') throw new TypeError('the span has no id');
  const times = [span.startTime, span.endTime, ...span.events.map(({ time }) => time)];
  if (!times.every(isTime)) throw new TypeError('the span has a time that is none');
  for (const { attributes } of [span, ...span.events, ...span.links])
    for (const value of Object.values(attributes ?? {})) if (typeof value === 'object') JSON.stringify(value);
}

function isTime([seconds, nanos]: HrTime): boolean {
  return seconds >= 0 && Number.isSafeInteger(seconds) && Number.isFinite(nanos);
}

function withoutInternals(span: ReadableSpan): ReadableSpan {
  const isClean =
    !Object.keys(span.attributes).some(isInternalAttribute) &&
    !span.events.some((event) => Object.keys(event.attributes ?? {}).some(isInternalAttribute));
  if (isClean) return span;
  const attributes = cleaned(span.attributes);
  const events = span.events.map((event) =>
    event.attributes === undefined ? event : { ...event, attributes: cleaned(event.attributes) },
  );
  // Everything else is read through to the span, getters included.
  return Object.create(span, {
    attributes: { value: attributes },
    events: { value: events },
  }) as ReadableSpan;
}

function cleaned<T>(attributes: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => !isInternalAttribute(key)));
}
