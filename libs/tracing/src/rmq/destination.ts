import type { Attributes } from '@opentelemetry/api';
import type { MessagingTracingOptions } from '../nest/tracing-options.js';

/** Where a message goes or came from. */
export interface Destination {
  readonly exchange: string;
  readonly routingKey: string;
  /** Consumers only. */
  readonly queue?: string;
}

/** Name and attributes of a messaging span, as OpenTelemetry's RabbitMQ conventions want them. */
export interface DestinationNames {
  /** What stands in span names. */
  readonly label: string;
  readonly attributes: Attributes;
}

/** Most processes have a handful of destinations: each is spelt out once. */
const MAX_CACHED = 1000;

/** Spells destinations out; one per client or server. */
export function createDestinationNames({ destinationTemplate }: MessagingTracingOptions) {
  const cache = new Map<string, DestinationNames>();
  return (destination: Destination): DestinationNames => {
    const name = destinationName(destination);
    const known = cache.get(name);
    if (known !== undefined) return known;
    const template = templateOf(destinationTemplate, destination.queue ?? name);
    const names: DestinationNames = {
      label: template ?? name,
      attributes: {
        'messaging.system': 'rabbitmq',
        'messaging.destination.name': name,
        ...(template === undefined ? {} : { 'messaging.destination.template': template }),
        ...(destination.routingKey === ''
          ? {}
          : { 'messaging.rabbitmq.destination.routing_key': destination.routingKey }),
      },
    };
    // Topic routing keys may be unbounded: then spelling out is the cheaper leak.
    if (cache.size < MAX_CACHED) cache.set(name, names);
    return names;
  };
}

/** Non-empty parts joined by colons; a queue that is its own routing key is said once. */
function destinationName({ exchange, routingKey, queue }: Destination): string {
  const parts = [exchange, routingKey, queue === routingKey ? '' : (queue ?? '')];
  return parts.filter((part) => part !== '').join(':') || 'amq.default';
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
