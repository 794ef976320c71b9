import { context, SpanKind, trace } from '@opentelemetry/api';
import type { Attributes, Link, Span } from '@opentelemetry/api';
import { extractHeaders } from '../carry/propagate.js';
import { headersOf } from '../context/carriers.js';
import { endSpan, recordError } from '../record-error.js';
import { getTracer } from '../tracer.js';
import { destinationName } from './destination-name.js';
import { ATTR_LAG_MS, lagMs } from './publish-time.js';

/** What is known of a batch besides its messages. */
export interface BatchSpanOptions {
  /** The queue they were consumed from: a message does not tell. */
  readonly queue?: string;
  /**
   * The name that stands for the destination in the span's name, as the option `messaging.destinationTemplate` does;
   * default the destination's own name.
   */
  readonly destinationTemplate?: (destination: string) => string | undefined;
  /** Attributes of yours. */
  readonly attributes?: Attributes;
}

/** Nest's RmqContext, a message of amqplib, or the header table of one. */
export type BatchMessage = object;

/**
 * Does the work on several messages at once in one CONSUMER span, `process DESTINATION`, below the active span and
 * linked to the context of each message: with more than one sender, none is the parent. The span ends with the work,
 * or with the promise that it answers; what it throws is recorded, and thrown again. Destination and routing key are
 * said when all messages have the same, the lag is that of the oldest message. Of more than 128 links (`OTEL_SPAN_LINK_COUNT_LIMIT`) the SDK keeps the last
 * and counts the others. Baggage, flags and carried annotations of the messages are theirs: `TraceContext` reads
 * them one by one.
 *
 * @example
 * await withBatchSpan(messages, { queue: 'orders' }, () => database.insertAll(messages.map(parse)));
 */
export function withBatchSpan<T>(messages: readonly BatchMessage[], work: (span: Span) => T): T;
export function withBatchSpan<T>(
  messages: readonly BatchMessage[],
  options: BatchSpanOptions,
  work: (span: Span) => T,
): T;
export function withBatchSpan<T>(
  messages: readonly BatchMessage[],
  optionsOrWork: BatchSpanOptions | ((span: Span) => T),
  maybeWork?: (span: Span) => T,
): T {
  const [options, work] =
    typeof optionsOrWork === 'function'
      ? [{}, optionsOrWork]
      : [optionsOrWork, maybeWork as typeof maybeWork & {}];
  const parent = context.active();
  const { name, attributes } = describeBatch(messages, options, Date.now());
  const span = getTracer().startSpan(
    name,
    { kind: SpanKind.CONSUMER, attributes, links: messages.flatMap(linkTo) },
    parent,
  );
  try {
    const result = context.with(trace.setSpan(parent, span), () => work(span));
    return isThenable(result) ? (endWith(result, span) as T) : ended(result, span);
  } catch (error) {
    fail(error, span);
    throw error;
  }
}

function describeBatch(
  messages: readonly BatchMessage[],
  { queue = '', destinationTemplate, attributes: own }: BatchSpanOptions,
  nowMs: number,
): { readonly name: string; readonly attributes: Attributes } {
  const common = commonFields(messages);
  const isKnown = common !== undefined || queue !== '';
  const destination = isKnown
    ? destinationName({ exchange: '', routingKey: '', ...common, queue })
    : undefined;
  const template = destination && templateOf(destinationTemplate, queue || destination);
  const label = template ?? destination;
  const lag = longestLagMs(messages, nowMs);
  return {
    name: label === undefined ? 'process' : `process ${label}`,
    attributes: {
      ...own,
      'messaging.system': 'rabbitmq',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.batch.message_count': messages.length,
      ...(destination === undefined ? {} : { 'messaging.destination.name': destination }),
      ...(template === undefined ? {} : { 'messaging.destination.template': template }),
      ...(common === undefined || common.routingKey === ''
        ? {}
        : { 'messaging.rabbitmq.destination.routing_key': common.routingKey }),
      ...(lag === undefined ? {} : { [ATTR_LAG_MS]: lag }),
    },
  };
}

/** How long the oldest of them has waited: a batch is late when one of its messages is. */
function longestLagMs(messages: readonly BatchMessage[], nowMs: number): number | undefined {
  let longest: number | undefined;
  for (const message of messages) {
    const lag = lagMs(headersOf(message), nowMs);
    if (lag !== undefined && lag > (longest ?? -1)) longest = lag;
  }
  return longest;
}

interface DeliveryFields {
  readonly exchange: string;
  readonly routingKey: string;
}

/** Exchange and routing key of all messages; undefined when they differ, or a message does not tell. */
function commonFields(messages: readonly BatchMessage[]): DeliveryFields | undefined {
  const [first, ...others] = messages.map(fieldsOf);
  const isSame = others.every(
    (fields) => fields?.exchange === first?.exchange && fields?.routingKey === first?.routingKey,
  );
  return isSame ? first : undefined;
}

function fieldsOf(message: BatchMessage): DeliveryFields | undefined {
  try {
    const { getMessage } = message as { getMessage?: () => unknown };
    const inner = typeof getMessage === 'function' ? getMessage.call(message) : message;
    const { fields } = inner as { fields?: Partial<Record<keyof DeliveryFields, unknown>> };
    const { exchange, routingKey } = fields ?? {};
    return typeof exchange === 'string' && typeof routingKey === 'string'
      ? { exchange, routingKey }
      : undefined;
  } catch {
    return undefined;
  }
}

function linkTo(message: BatchMessage): Link[] {
  try {
    const sender = trace.getSpanContext(extractHeaders(headersOf(message)));
    return sender === undefined ? [] : [{ context: sender }];
  } catch {
    return [];
  }
}

function templateOf(template: BatchSpanOptions['destinationTemplate'], name: string): string | undefined {
  try {
    const label: unknown = template?.(name);
    return typeof label === 'string' ? label : undefined;
  } catch {
    return undefined;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  try {
    return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
  } catch {
    return false;
  }
}

function endWith(result: PromiseLike<unknown>, span: Span): PromiseLike<unknown> {
  return result.then(
    (value) => ended(value, span),
    (error: unknown) => {
      fail(error, span);
      throw error;
    },
  );
}

function ended<T>(value: T, span: Span): T {
  endSpan(span);
  return value;
}

function fail(error: unknown, span: Span): void {
  recordError(span, error);
  endSpan(span);
}
