import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import type { Attributes, Span } from '@opentelemetry/api';

/** Nest's ClientRMQ. */
export interface Client {
  serializer: { serialize(packet: object, options?: unknown): object };
}

/** Nest's ServerRMQ. */
export interface Server {
  setOnProcessingStartHook(
    hook: (transport: unknown, context: Handled, done: () => unknown) => unknown,
  ): void;
  setOnProcessingEndHook(hook: (transport: unknown, context: Handled) => void): void;
}

const SPAN = Symbol('span');

interface Handled {
  [SPAN]?: Span;
  getMessage(): { readonly properties: { readonly headers?: Record<string, string> } };
}

/**
 * The least that a traced message needs, written for one queue and nothing else: two spans with the attributes of the
 * conventions, a header, the handler in its span's context. No errors, no confirms, no second destination.
 */
export function traceByHand(client: Client, server: Server, queue: string): void {
  const tracer = trace.getTracer('by hand');
  const attributes: Attributes = {
    'messaging.system': 'rabbitmq',
    'messaging.operation.name': 'send',
    'messaging.operation.type': 'send',
    'messaging.destination.name': queue,
    'messaging.rabbitmq.destination.routing_key': queue,
    'server.address': '127.0.0.1',
    'server.port': 5672,
  };
  const { serializer } = client;
  client.serializer = {
    serialize(packet, options) {
      const parent = context.active();
      const span = tracer.startSpan(`send ${queue}`, { kind: SpanKind.PRODUCER, attributes }, parent);
      const headers = {};
      propagation.inject(trace.setSpan(parent, span), headers);
      span.end();
      return { ...serializer.serialize(packet, options), options: { headers } };
    },
  };
  server.setOnProcessingStartHook((_transport, handled, done) => {
    const parent = propagation.extract(ROOT_CONTEXT, handled.getMessage().properties.headers ?? {});
    const span = tracer.startSpan(`process ${queue}`, { kind: SpanKind.CONSUMER, attributes }, parent);
    handled[SPAN] = span;
    return context.with(trace.setSpan(parent, span), done);
  });
  server.setOnProcessingEndHook((_transport, handled) => handled[SPAN]?.end());
}
