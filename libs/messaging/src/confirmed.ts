import type { ClientProxy } from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import { isTaskId } from './parse-fields.js';
import type { GiveUp } from './ack.interceptor.js';
import type { NotificationMessage } from './contracts.js';
import { publicReason } from './public-reason.js';
import type { QueueName } from './topology.js';

/** Emits a message at once; resolves when the broker has confirmed it, rejects when it has not. */
export async function emitConfirmed(
  client: Pick<ClientProxy, 'emit'>,
  pattern: QueueName,
  message: object,
): Promise<void> {
  await firstValueFrom(client.emit<unknown>(pattern, message), { defaultValue: undefined });
}

/**
 * A {@link GiveUp} that tells the client of a task why it failed, without paths of this machine. That it failed
 * the client hears from the dead letter in any case. Messages without a task id have no one to tell.
 */
export function notifyFailure(client: Pick<ClientProxy, 'emit'>): GiveUp {
  return async (data, error) => {
    const id = typeof data === 'object' && data !== null ? (data as { id?: unknown }).id : undefined;
    if (!isTaskId(id)) return;
    const notification: NotificationMessage = { id, status: 'failed', error: publicReason(error) };
    await emitConfirmed(client, 'notifications', notification);
  };
}
