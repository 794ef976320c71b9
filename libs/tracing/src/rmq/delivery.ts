import type { Attributes } from '@opentelemetry/api';
import type { HeaderTable } from '../core/index.js';

/** The broker has delivered this message before. OpenTelemetry has no name for it, nor for the following. */
export const ATTR_REDELIVERED = 'distrace.rabbitmq.redelivered';
/** How often a quorum queue has delivered this message before. */
export const ATTR_DELIVERY_COUNT = 'distrace.rabbitmq.delivery_count';
/** Why the message was dead-lettered last: `rejected`, `expired`, `maxlen` or `delivery_limit`. */
export const ATTR_DEATH_REASON = 'distrace.rabbitmq.death.reason';
/** The queue it was dead-lettered from last. */
export const ATTR_DEATH_QUEUE = 'distrace.rabbitmq.death.queue';
/** How often it was dead-lettered from there for that reason. */
export const ATTR_DEATH_COUNT = 'distrace.rabbitmq.death.count';

/** What the broker says about earlier deliveries of a message; nothing for a first one. */
export function deliveryAttributes(
  redelivered: boolean | undefined,
  headers: HeaderTable | undefined,
): Attributes {
  const attributes: Attributes = {};
  if (redelivered === true) attributes[ATTR_REDELIVERED] = true;
  if (headers === undefined) return attributes;
  const count = headers['x-delivery-count'];
  if (typeof count === 'number' && count > 0) attributes[ATTR_DELIVERY_COUNT] = count;
  const death = lastDeath(headers['x-death']);
  if (typeof death?.['reason'] === 'string') attributes[ATTR_DEATH_REASON] = death['reason'];
  if (typeof death?.['queue'] === 'string') attributes[ATTR_DEATH_QUEUE] = death['queue'];
  if (typeof death?.['count'] === 'number') attributes[ATTR_DEATH_COUNT] = death['count'];
  return attributes;
}

/** RabbitMQ puts the latest death first. */
function lastDeath(deaths: unknown): HeaderTable | undefined {
  const first: unknown = Array.isArray(deaths) ? deaths[0] : undefined;
  return typeof first === 'object' && first !== null ? (first as HeaderTable) : undefined;
}
