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

/** Adds what the broker says about earlier deliveries of a message; nothing for a first one. */
export function addDelivery(
  attributes: Attributes,
  redelivered: boolean | undefined,
  headers: HeaderTable | undefined,
): void {
  if (redelivered === true) attributes[ATTR_REDELIVERED] = true;
  if (headers === undefined) return;
  const count = headers['x-delivery-count'];
  if (typeof count === 'number' && count > 0) attributes[ATTR_DELIVERY_COUNT] = count;
  const death = lastDeath(headers['x-death']);
  if (death === undefined) return;
  const { reason, queue, count: deaths } = death;
  if (typeof reason === 'string') attributes[ATTR_DEATH_REASON] = reason;
  if (typeof queue === 'string') attributes[ATTR_DEATH_QUEUE] = queue;
  if (typeof deaths === 'number') attributes[ATTR_DEATH_COUNT] = deaths;
}

/** RabbitMQ puts the latest death first. */
function lastDeath(deaths: unknown): HeaderTable | undefined {
  const first: unknown = Array.isArray(deaths) ? deaths[0] : undefined;
  return typeof first === 'object' && first !== null ? (first as HeaderTable) : undefined;
}
