import type { Attributes, SpanKind } from '@opentelemetry/api';
import { destinationName } from '../core/index.js';
import type { MessagingTracingOptions } from '../nest/tracing-options.js';

/** Where a message goes or came from. */
export interface Destination {
  readonly exchange: string;
  readonly routingKey: string;
  /** Consumers only. */
  readonly queue?: string;
}

/** Name and attributes of a messaging span, as OpenTelemetry's RabbitMQ conventions want them. */
export interface MessagingNames {
  readonly spanName: string;
  /** Shared by all spans of the destination: copy it to add to it. */
  readonly spanOptions: { readonly kind: SpanKind; readonly attributes: Attributes };
}

/** What the spans of one client or server have in common. */
export interface MessagingOperation {
  /** `send` or `process`. */
  readonly operation: string;
  readonly kind: SpanKind;
  /** `server.address` and `server.port`. */
  readonly broker: Attributes;
}

/** Most processes have a handful of destinations: each is spelt out once. */
const MAX_CACHED = 1000;

/** Spells the spans of one client or server out, per destination. */
export function createMessagingNames(
  { operation, kind, broker }: MessagingOperation,
  { destinationTemplate }: MessagingTracingOptions,
) {
  const cache = new Map<string, MessagingNames>();
  let last: { readonly destination: Destination; readonly names: MessagingNames } | undefined;

  function spell(destination: Destination): MessagingNames {
    const name = destinationName(destination);
    const known = cache.get(name);
    if (known !== undefined) return known;
    const template = templateOf(destinationTemplate, destination.queue ?? name);
    const attributes: Attributes = {
      'messaging.system': 'rabbitmq',
      'messaging.operation.name': operation,
      'messaging.operation.type': operation,
      'messaging.destination.name': name,
      ...broker,
    };
    if (template !== undefined) attributes['messaging.destination.template'] = template;
    if (destination.routingKey !== '') {
      attributes['messaging.rabbitmq.destination.routing_key'] = destination.routingKey;
    }
    const names = { spanName: `${operation} ${template ?? name}`, spanOptions: { kind, attributes } };
    // Topic routing keys may be unbounded: then spelling out is the cheaper leak.
    if (cache.size < MAX_CACHED) cache.set(name, names);
    return names;
  }

  return (destination: Destination): MessagingNames => {
    // Nearly always the one before: joining its parts would cost more than comparing them.
    if (last === undefined || !isSame(last.destination, destination)) {
      last = { destination, names: spell(destination) };
    }
    return last.names;
  };
}

function isSame(a: Destination, b: Destination): boolean {
  return a.routingKey === b.routingKey && a.exchange === b.exchange && a.queue === b.queue;
}

function templateOf(
  template: MessagingTracingOptions['destinationTemplate'],
  name: string,
): string | undefined {
  try {
    const label: unknown = template?.(name);
    return typeof label === 'string' ? label : undefined;
  } catch {
    return undefined;
  }
}
