import { connect } from 'amqplib';
import type { ConfirmChannel } from 'amqplib';
import { inject } from 'vitest';

/** A channel as another program has it: nothing of Nest's, nothing of ours. */
export async function openChannel(
  url: string = inject('amqpUrl'),
): Promise<{ readonly channel: ConfirmChannel } & AsyncDisposable> {
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  return { channel, [Symbol.asyncDispose]: () => connection.close() };
}

/** The body of a message that Nest handles as an event. */
export function eventBody(pattern: string, data: unknown = {}): Buffer {
  return Buffer.from(JSON.stringify({ pattern, data }));
}
