import type { RmqContext } from '@nestjs/microservices';
import type { Channel, ConsumeMessage } from 'amqplib';

const pendingByMessage = new WeakMap<object, Promise<unknown>[]>();

/**
 * Delays the acknowledgement of a message until a promise settles, without delaying its handler. Give it the
 * confirmation of what the handler published: the message is acknowledged only when its successor is safe, and
 * is redelivered when the promise rejects.
 */
export function ackAfter(context: RmqContext, promise: Promise<unknown>): void {
  // Rejections are read when the message is settled, which may be later than Node's unhandled rejection check.
  promise.catch(() => undefined);
  const message = context.getMessage();
  const pending = pendingByMessage.get(message);
  if (pending === undefined) pendingByMessage.set(message, [promise]);
  else pending.push(promise);
}

/** Waits for everything given to {@link ackAfter}; rejects with the first failure. */
export async function pendingOf(context: RmqContext): Promise<void> {
  await Promise.all(pendingByMessage.get(context.getMessage()) ?? []);
}

/**
 * How often the broker delivered the message before, as quorum queues count it. On a first delivery the header is
 * the publisher's own, and who counts for the broker could make one passing failure the last.
 */
export function earlierDeliveries(context: RmqContext): number {
  const { fields, properties } = context.getMessage() as ConsumeMessage;
  if (!fields.redelivered) return 0;
  const count: unknown = properties.headers?.['x-delivery-count'];
  return typeof count === 'number' && count > 0 ? count : 0;
}

/** Acknowledges. @throws when the channel is closed. */
export function ack(context: RmqContext): void {
  (context.getChannelRef() as Channel).ack(context.getMessage() as ConsumeMessage);
}

/** Refuses: back into the queue, or to the dead letters. @throws when the channel is closed. */
export function nack(context: RmqContext, { requeue }: { readonly requeue: boolean }): void {
  (context.getChannelRef() as Channel).nack(context.getMessage() as ConsumeMessage, false, requeue);
}
