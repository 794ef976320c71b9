import type { Attributes, AttributeValue, Span, SpanContext, TimeInput } from '@opentelemetry/api';
import type { BinaryValue, Carried } from '../carry/carried.js';
import { endpointAttributes } from '../endpoint.js';
import type { Endpoint } from '../endpoint.js';
import { recordError } from '../record-error.js';
import { warnOnce } from '../warn-once.js';

/** More about an annotation. */
export interface AnnotationOptions {
  /** When it happened; default now. Epoch milliseconds, a Date or an OpenTelemetry HrTime. */
  readonly timestamp?: TimeInput;
  /** Where it happened; default the span's endpoint. */
  readonly endpoint?: Endpoint;
  /** OpenTelemetry event attributes. */
  readonly attributes?: Attributes;
}

/** More about a binary annotation. */
export interface BinaryAnnotationOptions {
  /** Whether it goes along to the next node; default false. All carried ones together: 4 KiB. */
  readonly carried?: boolean;
}

/**
 * The thesis' span: an OpenTelemetry span with annotations, typed binary annotations, flags and an
 * endpoint. It holds no data of its own besides what is carried: everything is on the OpenTelemetry span.
 */
export class TraceSpan {
  /** The OpenTelemetry span this one is. */
  readonly otelSpan: Span;
  readonly #carried: Carried;

  /** Spans are opened by `TraceContext.openNestedSpan`, not made by hand. */
  constructor(otelSpan: Span, carried: Carried) {
    this.otelSpan = otelSpan;
    this.#carried = carried;
  }

  get spanContext(): SpanContext {
    return this.otelSpan.spanContext();
  }

  /** 32 lower-case hex characters; all zero when nothing traces. */
  get traceId(): string {
    return this.spanContext.traceId;
  }

  /** 16 lower-case hex characters; all zero when nothing traces. */
  get spanId(): string {
    return this.spanContext.spanId;
  }

  /** Records that something happened, with the time it happened at. */
  addAnnotation(value: string, options: TimeInput | AnnotationOptions = {}): this {
    const { timestamp, endpoint, attributes } = isTimeInput(options)
      ? ({ timestamp: options } as AnnotationOptions)
      : options;
    const all = endpoint === undefined ? attributes : { ...attributes, ...endpointAttributes(endpoint) };
    this.otelSpan.addEvent(value, all ?? {}, timestamp);
    return this;
  }

  /** Sets a typed value on the span; with `carried` the next nodes can read it, too. */
  setBinaryAnnotation(key: string, value: BinaryValue, options: BinaryAnnotationOptions = {}): this {
    this.otelSpan.setAttribute(key, value);
    if (options.carried === true && !this.#carried.setAnnotation(key, value)) {
      warnOnce('a carried binary annotation is left out: all of them together may take 4 KiB');
    }
    return this;
  }

  /** What was set on this span or carried here from an earlier one; the type is the one it was set with. */
  getBinaryAnnotation<T extends BinaryValue = BinaryValue>(key: string): T | undefined {
    const own = ownAttribute(this.otelSpan, key);
    return (own ?? this.#carried.annotations.get(key)) as T | undefined;
  }

  hasBinaryAnnotation(key: string): boolean {
    return this.getBinaryAnnotation(key) !== undefined;
  }

  /** Sets a flag: it goes along to every span below, on any node, and is never exported. */
  addFlag(flag: string): this {
    if (!this.#carried.addFlag(flag)) {
      warnOnce('a flag is left out: a flag has 1 to 64 characters, a trace carries at most 32');
    }
    return this;
  }

  removeFlag(flag: string): this {
    this.#carried.removeFlag(flag);
    return this;
  }

  hasFlag(flag: string): boolean {
    return this.#carried.flags.has(flag);
  }

  getFlags(): readonly string[] {
    return [...this.#carried.flags];
  }

  /** Says where this span runs, instead of what the tracing options say for the whole process. */
  setEndpoint(endpoint: Endpoint): this {
    this.otelSpan.setAttributes(endpointAttributes(endpoint));
    return this;
  }

  /** Marks the span failed and records the error, once per error. */
  recordError(error: unknown): this {
    recordError(this.otelSpan, error);
    return this;
  }
}

function isTimeInput(value: TimeInput | AnnotationOptions): value is TimeInput {
  return typeof value === 'number' || value instanceof Date || Array.isArray(value);
}

function ownAttribute(span: Span, key: string): AttributeValue | undefined {
  // The SDK's spans can be read while they run; no-op and remote ones have nothing to read.
  return (span as { attributes?: Attributes }).attributes?.[key];
}
