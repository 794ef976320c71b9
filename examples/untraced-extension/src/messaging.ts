import { decoratedWith, defineInterceptor, inClass, inPackage, method } from '@distrace/instrumentation';
import { TraceContext } from '@distrace/tracing/core';
import { SpanKind, type Attributes } from '@opentelemetry/api';
import { inApp } from './app.js';
import { spanAround } from './span-around.js';

/** What Nest's client hands to its transport; it reads `options` where the data is no RmqRecord. */
interface Packet {
  readonly pattern: unknown;
  readonly data: unknown;
  options?: { readonly headers: Record<string, string> };
}

/** The part of Nest's RmqContext that is needed here. */
interface RmqContext {
  getPattern(): string;
  getMessage(): {
    readonly fields: {
      readonly routingKey: string;
      readonly deliveryTag: number;
      readonly redelivered: boolean;
    };
  };
}

/** A message on its way out: PRODUCER, until the broker has confirmed it. Its headers carry the trace. */
export const sendMessages = defineInterceptor({
  name: 'rabbitmq-send',
  match: inPackage('@nestjs/microservices@>=12').and(inClass('ClientRMQ')).and(method('dispatchEvent')),
  ...spanAround(({ self, args }) => {
    const packet = args[0] as Packet;
    const { queue } = self as { readonly queue: string };
    // Of one context many messages may be on their way at once: each needs a span stack of its own.
    const trace = TraceContext.current().copy();
    trace.openNestedSpan(`send ${String(packet.pattern)}`, {
      kind: SpanKind.PRODUCER,
      attributes: attributesOf('send', queue, packet.pattern),
    });
    if (isRmqRecord(packet.data)) trace.attachOnObject(packet.data);
    else packet.options = { headers: trace.toHeaders() };
    return trace;
  }),
});

/** A message being handled: CONSUMER, below the span that sent it. A handler needs `@Ctx()` to be found by its message. */
export const handleMessages = defineInterceptor({
  name: 'rabbitmq-process',
  match: inApp.and(decoratedWith('EventPattern')),
  ...spanAround(({ args }) => {
    const message = Array.from(args).find(isRmqContext);
    const trace = TraceContext.getFromObject(message);
    if (message === undefined) trace.openNestedSpan('process message');
    else {
      trace.openNestedSpan(`process ${message.getPattern()}`, {
        kind: SpanKind.CONSUMER,
        attributes: attributesOfDelivery(message),
      });
    }
    return trace;
  }),
});

function attributesOfDelivery(message: RmqContext): Attributes {
  const { routingKey, deliveryTag, redelivered } = message.getMessage().fields;
  return {
    ...attributesOf('process', routingKey, message.getPattern()),
    'messaging.rabbitmq.message.delivery_tag': deliveryTag,
    ...(redelivered ? { 'distrace.rabbitmq.redelivered': true } : {}),
  };
}

/** OpenTelemetry's conventions for RabbitMQ; the pattern is the queue without the deployment's prefix. */
function attributesOf(operation: 'send' | 'process', queue: string, pattern: unknown): Attributes {
  return {
    'messaging.system': 'rabbitmq',
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    'messaging.destination.name': queue,
    'messaging.destination.template': String(pattern),
    'messaging.rabbitmq.destination.routing_key': queue,
  };
}

// By shape and name: Nest is the app's, and no copy of it is in here.
function isRmqContext(value: unknown): value is RmqContext {
  return typeof (value as Partial<RmqContext> | null | undefined)?.getPattern === 'function';
}

function isRmqRecord(data: unknown): data is object {
  return typeof data === 'object' && data?.constructor?.name === 'RmqRecord';
}
