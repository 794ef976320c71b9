import { Logger, type DynamicModule } from '@nestjs/common';
import {
  ClientsModule,
  Transport,
  type ClientProxy,
  type RmqContext,
  type RmqOptions,
} from '@nestjs/microservices';
import type { Channel, ConsumeMessage } from 'amqplib';
import { lastValueFrom, timeout } from 'rxjs';
import { settings } from './settings.js';

/** The queues, without prefix; also the patterns of their messages and the tokens of the clients that send them. */
export type Queue = 'tasks' | 'results' | 'notifications';

const CONFIRM_TIMEOUT_MS = 10_000;
const logger = new Logger('Queues');

const addressOf = (queue: Queue) => ({
  urls: [settings.amqpUrl],
  queue: `${settings.queuePrefix}${queue}`,
  queueOptions: { durable: true },
});

/** Clients for some queues, to be injected by the queue's name. */
export function clientsFor(...queues: readonly Queue[]): DynamicModule {
  return ClientsModule.register(
    queues.map((name) => ({
      name,
      transport: Transport.RMQ,
      options: { ...addressOf(name), persistent: true },
    })),
  );
}

/** Options for `connectMicroservice`: consumes a queue, acknowledging by hand. */
export function consumerOf(queue: Queue): RmqOptions {
  return { transport: Transport.RMQ, options: { ...addressOf(queue), noAck: false, prefetchCount: 8 } };
}

/** Sends a message; resolves when the broker has confirmed it. */
export async function send(client: ClientProxy, queue: Queue, message: object): Promise<void> {
  const confirmed = client.emit<unknown>(queue, message).pipe(timeout(CONFIRM_TIMEOUT_MS));
  await lastValueFrom(confirmed, { defaultValue: undefined });
}

/**
 * Acknowledges a message after its work. A message whose work fails is delivered once more; when that fails as well
 * it is given up: `giveUp` may tell somebody first.
 */
export async function settle(
  context: RmqContext,
  work: () => Promise<void>,
  giveUp?: (error: Error) => Promise<void>,
): Promise<void> {
  const message = context.getMessage() as ConsumeMessage;
  const channel = context.getChannelRef() as Channel;
  try {
    await work();
    channel.ack(message);
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    logger.error(error.stack);
    const isLast = message.fields.redelivered;
    if (isLast) await giveUp?.(error).catch((failure: unknown) => logger.error(failure));
    channel.nack(message, false, !isLast);
  }
}
