import { EventEmitter } from 'node:events';
import type { HeaderTable } from '../core/index.js';

/** A message as it would have gone to the broker. */
export interface SentMessage {
  readonly queue: string;
  readonly headers: HeaderTable;
  readonly body: string;
}

/** Connects a ClientRMQ to nothing: what it sends is confirmed at once, and told. */
export function connectToNothing(client: object): SentMessage[] {
  const sent: SentMessage[] = [];
  const channel = {
    sendToQueue(
      queue: string,
      content: Buffer,
      { headers }: { headers: HeaderTable },
      confirm?: () => void,
    ): Promise<void> {
      sent.push({ queue, headers, body: content.toString() });
      confirm?.();
      return Promise.resolve();
    },
  };
  Object.assign(client, {
    connect: () => Promise.resolve(),
    close: () => Promise.resolve(),
    responseEmitter: new EventEmitter(),
    channel,
  });
  return sent;
}
