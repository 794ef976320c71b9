import { connect, type Channel, type ConfirmChannel } from 'amqplib';
import { asTopologyError } from './topology-error.js';

/** The queues of the reference deployment, without prefix. */
export const QUEUES = ['tasks', 'results', 'notifications'] as const;
/** One of {@link QUEUES}. */
export type QueueName = (typeof QUEUES)[number];

/** The queue with a copy of every dead letter, whose consumer says that the task failed. */
export const FAILURES = 'failures';

/** A queue that a service consumes. */
export type ConsumedQueue = QueueName | typeof FAILURES;

const DEAD_LETTERS = 'dead-letters';

/** Redeliveries of one message after its first delivery; one more failure sends it to the dead letters. */
export const DELIVERY_LIMIT = 10;

// A person who looks and puts back must not lose the message: RabbitMQ 4 drops it at the 20th look by default.
const DEAD_LETTER_ARGUMENTS = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000 };

/** Full queue name: prefix and name. */
export function queueName(prefix: string, queue: ConsumedQueue): string {
  return `${prefix}${queue}`;
}

/** The reverse of {@link queueName}, for names in spans: a queue of another prefix keeps its name. */
export function withoutPrefix(prefix: string): (queue: string) => string {
  return (queue) => (queue.startsWith(prefix) ? queue.slice(prefix.length) : queue);
}

/** Name of the dead-letter exchange of a prefix, and of the queue bound to it that is kept for a person. */
export function deadLetterName(prefix: string): string {
  return `${prefix}${DEAD_LETTERS}`;
}

/**
 * Arguments of a working queue. Dead-lettering at least once needs `reject-publish`, so that a full target
 * holds messages back instead of dropping them.
 */
export function queueArguments(prefix: string): Readonly<Record<string, string | number>> {
  return {
    'x-queue-type': 'quorum',
    'x-dead-letter-exchange': deadLetterName(prefix),
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
    'x-delivery-limit': DELIVERY_LIMIT,
  };
}

/**
 * Arguments of the queue `failures`. What dies here goes to the kept queue alone, past the fanout exchange: no
 * letter comes round again.
 */
export function failuresArguments(prefix: string): Readonly<Record<string, string | number>> {
  return {
    ...queueArguments(prefix),
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': deadLetterName(prefix),
  };
}

/** Declares everything of a prefix on a channel that is open already. Idempotent. @throws {TopologyError} */
export async function declareTopologyOn(channel: Channel, prefix: string): Promise<void> {
  const deadLetters = deadLetterName(prefix);
  const failures = queueName(prefix, FAILURES);
  try {
    await channel.assertExchange(deadLetters, 'fanout', { durable: true });
    await channel.assertQueue(deadLetters, { durable: true, arguments: DEAD_LETTER_ARGUMENTS });
    await channel.assertQueue(failures, { durable: true, arguments: failuresArguments(prefix) });
    for (const queue of [deadLetters, failures]) await channel.bindQueue(queue, deadLetters, '');
    for (const queue of QUEUES) {
      await channel.assertQueue(queueName(prefix, queue), {
        durable: true,
        arguments: queueArguments(prefix),
      });
    }
  } catch (error) {
    throw asTopologyError(error);
  }
}

/**
 * Declares queues, dead-letter exchange and both dead-letter queues of a prefix. Idempotent.
 * @throws {TopologyError} when a queue or exchange of that name exists with other arguments.
 * @throws when the broker is not reachable.
 */
export async function declareTopology(url: string, prefix: string): Promise<void> {
  await withChannel(url, (channel) => declareTopologyOn(channel, prefix));
}

/** Deletes queues and exchange of a prefix with all that is in them. Names that do not exist are no error. */
export async function removeTopology(url: string, prefix: string): Promise<void> {
  await withChannel(url, async (channel) => {
    for (const queue of [...QUEUES, FAILURES] as const) await channel.deleteQueue(queueName(prefix, queue));
    await channel.deleteQueue(deadLetterName(prefix));
    await channel.deleteExchange(deadLetterName(prefix));
  });
}

async function withChannel(url: string, use: (channel: ConfirmChannel) => Promise<void>): Promise<void> {
  const connection = await connect(url);
  // A refused declaration closes the channel; the awaited call reports it, the event would end the process.
  connection.on('error', () => undefined);
  try {
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
    await use(channel);
    await channel.close();
  } finally {
    await connection.close().catch(() => undefined);
  }
}
