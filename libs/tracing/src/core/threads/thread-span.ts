import { SpanStatusCode } from '@opentelemetry/api';
import type {
  Attributes,
  AttributeValue,
  Exception,
  HrTime,
  Link,
  SpanContext,
  SpanStatus,
} from '@opentelemetry/api';
import type { ReadableSpan, Span } from '@opentelemetry/sdk-trace';
import type { SpanRecord } from './span-message.js';

/** `error.type` of a span whose end was not heard. */
export const ABANDONED = 'span_abandoned';

/**
 * A worker thread's span as the main thread's processors see it: the same object from start to end, so that
 * processors which know spans by identity can. It can be read, not written: its thread has it in hand.
 */
export class ThreadSpan implements Span {
  #record: SpanRecord;
  #ended = false;
  readonly resource: ReadableSpan['resource'];

  constructor(record: SpanRecord, resource: ReadableSpan['resource']) {
    this.#record = record;
    this.resource = resource;
  }

  /** The record the thread sent when the span ended. */
  finish(record: SpanRecord): this {
    this.#record = record;
    this.#ended = true;
    return this;
  }

  /** Ends it in the place of its thread, as failed. */
  abandon(reason: string, endMs: number): this {
    const { startTime, attributes } = this.#record;
    const endTime = later(startTime, [Math.floor(endMs / 1000), Math.round((endMs % 1000) * 1e6)]);
    return this.finish({
      ...this.#record,
      endTime,
      duration: between(startTime, endTime),
      status: { code: SpanStatusCode.ERROR, message: reason },
      attributes: { ...attributes, 'error.type': ABANDONED },
    });
  }

  get name(): string {
    return this.#record.name;
  }
  get kind(): number {
    return this.#record.kind;
  }
  get parentSpanContext(): SpanContext | undefined {
    return this.#record.parent;
  }
  get startTime(): HrTime {
    return this.#record.startTime;
  }
  get endTime(): HrTime {
    return this.#record.endTime;
  }
  get duration(): HrTime {
    return this.#record.duration;
  }
  get status(): SpanStatus {
    return this.#record.status;
  }
  get attributes(): Attributes {
    return this.#record.attributes;
  }
  get links(): Link[] {
    return [...this.#record.links];
  }
  get events(): ReadableSpan['events'] {
    return this.#record.events;
  }
  get instrumentationScope(): ReadableSpan['instrumentationScope'] {
    return this.#record.scope;
  }
  get ended(): boolean {
    return this.#ended;
  }
  get droppedAttributesCount(): number {
    return this.#record.dropped[0];
  }
  get droppedEventsCount(): number {
    return this.#record.dropped[1];
  }
  get droppedLinksCount(): number {
    return this.#record.dropped[2];
  }

  spanContext = (): SpanContext => this.#record.context;

  isRecording(): boolean {
    return !this.#ended;
  }
  setAttribute(_key: string, _value: AttributeValue): this {
    return this;
  }
  setAttributes(_attributes: Attributes): this {
    return this;
  }
  addEvent(_name: string): this {
    return this;
  }
  addLink(_link: Link): this {
    return this;
  }
  addLinks(_links: Link[]): this {
    return this;
  }
  setStatus(_status: SpanStatus): this {
    return this;
  }
  updateName(_name: string): this {
    return this;
  }
  recordException(_exception: Exception): void {}
  end(): void {}
}

/** The clock of the thread may be ahead of ours. */
function later(a: HrTime, b: HrTime): HrTime {
  return b[0] > a[0] || (b[0] === a[0] && b[1] > a[1]) ? b : a;
}

function between([fromSeconds, fromNanos]: HrTime, [toSeconds, toNanos]: HrTime): HrTime {
  return toNanos < fromNanos
    ? [toSeconds - fromSeconds - 1, toNanos - fromNanos + 1e9]
    : [toSeconds - fromSeconds, toNanos - fromNanos];
}
