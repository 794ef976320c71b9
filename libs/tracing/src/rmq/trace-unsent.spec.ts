import { setImmediate as nextTurn } from 'node:timers/promises';
import { EMPTY } from 'rxjs';
import { expect, it, vi } from 'vitest';
import type { RmqClient } from './rmq-client.js';
import { traceUnsent } from './trace-unsent.js';

it('leaves no rejection behind when a client comes back to which Nest had said that the connection is lost', async () => {
  const unhandled = vi.fn<(reason: unknown) => void>();
  process.on('unhandledRejection', unhandled);
  const lost = Promise.reject(new Error('Connection lost. Trying to reconnect...'));
  lost.catch(() => undefined);
  const client = {
    connectionPromise: lost,
    // As a subclass does that waits for the broker.
    connect: async () => undefined,
    emit: () => {
      void client.connect();
      return EMPTY;
    },
    send: () => EMPTY,
  };
  traceUnsent(client as unknown as RmqClient, () => undefined);
  client.emit();
  await nextTurn();
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});
