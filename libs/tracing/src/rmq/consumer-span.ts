import { SpanKind, trace } from '@opentelemetry/api';
import type { Attributes, Context, Link, Span } from '@opentelemetry/api';
import { extractHeaders, getTracer } from '../core/index.js';
import type { HeaderTable } from '../core/index.js';
import { ATTR_LAG_MS, lagMs } from '../core/messaging/publish-time.js';
import { brokerAttributes } from './broker-address.js';
import { addDelivery } from './delivery.js';
import { createMessagingNames } from './destination.js';
import type { ErrorTracingOptions, MessagingTracingOptions } from '../nest/tracing-options.js';

/** The parts of an AMQP message that a span is made of. */
interface AmqpMessage {
  readonly fields?: {
    readonly redelivered?: boolean;
    readonly exchange?: string;
    readonly routingKey?: string;
    readonly deliveryTag?: number;
  };
  readonly properties?: {
    readonly headers?: HeaderTable;
    readonly messageId?: unknown;
    readonly correlationId?: unknown;
  };
}

/** Nest's RmqContext. */
export interface RmqContextLike {
  getMessage(): AmqpMessage;
}

/** Whether this is the context of a RabbitMQ message: Kafka's has the same method, but another message. */
export function isRmqContext(value: unknown): value is RmqContextLike {
  if (typeof value !== 'object' || value === null) return false;
  const { getMessage } = value as Partial<RmqContextLike>;
  if (typeof getMessage !== 'function') return false;
  const message = getMessage.call(value) as AmqpMessage | null | undefined;
  return typeof message?.fields === 'object' && typeof message.properties === 'object';
}

/** What is known of the server that consumes. */
export interface ConsumerSource {
  readonly queue: string;
  readonly urls?: unknown;
}

/** A handled message: its span and the context with that span active. */
export interface Handling {
  readonly span: Span;
  readonly ctx: Context;
  /** What counts as an error of its handler. */
  readonly errors?: ErrorTracingOptions | undefined;
  /** Its span has ended; only `endHandling` sets this. */
  hasEnded: boolean;
}

/** Starts consumer spans for the messages of one server. */
export function createConsumerSpans(
  source: ConsumerSource,
  options: MessagingTracingOptions,
  errors?: ErrorTracingOptions,
) {
  const names = createMessagingNames(
    { operation: 'process', kind: SpanKind.CONSUMER, broker: brokerAttributes(source.urls) },
    options,
  );
  const { queue } = source;
  return (message: AmqpMessage, nowMs = Date.now()): Handling => {
    const { parent, links } = correlate(extractHeaders(message.properties?.headers), options.consumer);
    const { exchange = '', routingKey = '' } = message.fields ?? {};
    const { spanName, spanOptions } = names({ exchange, routingKey, queue });
    const span = getTracer().startSpan(
      spanName,
      {
        kind: spanOptions.kind,
        attributes: withMessage(spanOptions.attributes, message, nowMs),
        ...(links === undefined ? {} : { links }),
      },
      parent,
    );
    return { span, ctx: trace.setSpan(parent, span), errors, hasEnded: false };
  };
}

/** The context to start in, and what to point to. */
function correlate(
  received: Context,
  consumer: MessagingTracingOptions['consumer'] = 'parent',
): { readonly parent: Context; readonly links?: Link[] } {
  const sender = trace.getSpanContext(received);
  if (sender === undefined || consumer === 'parent') return { parent: received };
  // Without its span the context still holds baggage and what is carried.
  return {
    parent: consumer === 'link' ? trace.deleteSpan(received) : received,
    links: [{ context: sender }],
  };
}

/** The destination's attributes with those of this message. */
function withMessage(
  common: Readonly<Attributes>,
  { fields, properties }: AmqpMessage,
  nowMs: number,
): Attributes {
  const attributes: Attributes = { ...common };
  if (fields?.deliveryTag !== undefined) {
    attributes['messaging.rabbitmq.message.delivery_tag'] = fields.deliveryTag;
  }
  if (typeof properties?.messageId === 'string') attributes['messaging.message.id'] = properties.messageId;
  if (typeof properties?.correlationId === 'string') {
    attributes['messaging.message.conversation_id'] = properties.correlationId;
  }
  const lag = lagMs(properties?.headers, nowMs);
  if (lag !== undefined) attributes[ATTR_LAG_MS] = lag;
  addDelivery(attributes, fields?.redelivered, properties?.headers);
  return attributes;
}
