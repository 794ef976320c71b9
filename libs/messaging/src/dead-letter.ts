import { ContractError } from './contract-error.js';
import { parseNotificationMessage, type NotificationMessage } from './contracts.js';
import { isTaskId } from './parse-fields.js';
import { DELIVERY_LIMIT } from './topology.js';

/** Headers of an AMQP message; values come from the network. */
export type MessageHeaders = Readonly<Record<string, unknown>>;

/** Who works on the messages of a queue, in words for whoever submitted the task. */
const WORKERS: Readonly<Record<string, string>> = { tasks: 'executor', results: 'exporter' };

/**
 * What a dead letter says of a task: that it failed, or, when the letter is a notification, what that one said.
 * Undefined for a letter that is about no task: unreadable, of another kind, without a task's id.
 */
export function readDeadLetter(
  body: unknown,
  headers: MessageHeaders | undefined,
): NotificationMessage | undefined {
  const { pattern, data } = fieldsOf(body);
  const death = lastDeath(headers);
  // The pattern is the publisher's word, the queue the broker's: a message that strayed into another queue says nothing.
  if (typeof pattern !== 'string' || typeof death.queue !== 'string' || !death.queue.endsWith(pattern)) {
    return undefined;
  }
  if (pattern === 'notifications') return readNotification(data);
  const worker = WORKERS[pattern];
  const { id } = fieldsOf(data);
  if (worker === undefined || !isTaskId(id)) return undefined;
  return { id, status: 'failed', error: `the ${worker} ${whatHappened(death.reason)}` };
}

function whatHappened(reason: unknown): string {
  if (reason === 'delivery_limit') return `gave it up after ${DELIVERY_LIMIT + 1} deliveries`;
  if (reason === 'rejected') return 'refused its message as broken';
  return 'never got to it';
}

function readNotification(data: unknown): NotificationMessage | undefined {
  try {
    return parseNotificationMessage(data);
  } catch (error) {
    if (error instanceof ContractError) return undefined;
    throw error;
  }
}

/** RabbitMQ puts the latest death first. */
function lastDeath(headers: MessageHeaders | undefined): Readonly<Record<string, unknown>> {
  const deaths = headers?.['x-death'];
  return fieldsOf(Array.isArray(deaths) ? deaths[0] : undefined);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
