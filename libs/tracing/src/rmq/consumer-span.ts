import { SpanKind, trace } from '@opentelemetry/api';
import type { Attributes, Context, Span } from '@opentelemetry/api';
import { extractHeaders, getTracer } from '../core/index.js';
import type { HeaderTable } from '../core/index.js';
import { brokerAttributes } from './broker-address.js';
import { createDestinationNames } from './destination.js';
import type { MessagingTracingOptions } from '../nest/tracing-options.js';

/** The parts of an AMQP message that a span is made of. */
interface AmqpMessage {
  readonly fields?: {
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
}

/** Starts consumer spans for the messages of one server. */
export function createConsumerSpans(source: ConsumerSource, options: MessagingTracingOptions) {
  const names = createDestinationNames(options);
  const fixed: Attributes = {
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    ...brokerAttributes(source.urls),
  };
  return (message: AmqpMessage): Handling => {
    const parent = extractHeaders(message.properties?.headers);
    const { exchange = '', routingKey = '' } = message.fields ?? {};
    const { label, attributes } = names({ exchange, routingKey, queue: source.queue });
    const span = getTracer().startSpan(
      `process ${label}`,
      { kind: SpanKind.CONSUMER, attributes: { ...fixed, ...attributes, ...messageAttributes(message) } },
      parent,
    );
    return { span, ctx: trace.setSpan(parent, span) };
  };
}

function messageAttributes({ fields, properties }: AmqpMessage): Attributes {
  const attributes: Attributes = {};
  if (fields?.deliveryTag !== undefined)
    attributes['messaging.rabbitmq.message.delivery_tag'] = fields.deliveryTag;
  if (typeof properties?.messageId === 'string') attributes['messaging.message.id'] = properties.messageId;
  if (typeof properties?.correlationId === 'string') {
    attributes['messaging.message.conversation_id'] = properties.correlationId;
  }
  return attributes;
}
