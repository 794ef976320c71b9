import { connect, type Channel, type ConfirmChannel } from 'amqplib';

/** The queues of the reference deployment, without prefix. */
export const QUEUES = ['tasks', 'results', 'notifications'] as const;
/** One of {@link QUEUES}. */
export type QueueName = (typeof QUEUES)[number];

const DEAD_LETTERS = 'dead-letters';

/** Redeliveries of one message after its first delivery; one more failure sends it to the dead letters. */
export const DELIVERY_LIMIT = 10;

// A person who looks and puts back must not lose the message: RabbitMQ 4 drops it at the 20th look by default.
const DEAD_LETTER_ARGUMENTS = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000 };

/** Full queue name: prefix and name. */
export function queueName(prefix: string, queue: QueueName): string {
  return `${prefix}${queue}`;
}

/** The reverse of {@link queueName}, for names in spans: a queue of another prefix keeps its name. */
export function withoutPrefix(prefix: string): (queue: string) => string {
  return (queue) => (queue.startsWith(prefix) ? queue.slice(prefix.length) : queue);
}

/** Name of the dead-letter exchange, and of the one queue bound to it, for a prefix. */
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

/** Declares everything of a prefix on a channel that is open already. Idempotent. */
export async function declareTopologyOn(channel: Channel, prefix: string): Promise<void> {
  const deadLetters = deadLetterName(prefix);
  await channel.assertExchange(deadLetters, 'fanout', { durable: true });
  await channel.assertQueue(deadLetters, { durable: true, arguments: DEAD_LETTER_ARGUMENTS });
  await channel.bindQueue(deadLetters, deadLetters, '');
  for (const queue of QUEUES) {
    await channel.assertQueue(queueName(prefix, queue), {
      durable: true,
      arguments: queueArguments(prefix),
    });
  }
}

/**
 * Declares queues, dead-letter exchange and dead-letter queue of a prefix. Idempotent.
 * @throws when the broker is not reachable, or a queue of that name exists with other arguments.
 */
export async function declareTopology(url: string, prefix: string): Promise<void> {
  await withChannel(url, (channel) => declareTopologyOn(channel, prefix));
}

/** Deletes queues and exchange of a prefix with all that is in them. Names that do not exist are no error. */
export async function removeTopology(url: string, prefix: string): Promise<void> {
  await withChannel(url, async (channel) => {
    for (const queue of QUEUES) await channel.deleteQueue(queueName(prefix, queue));
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
