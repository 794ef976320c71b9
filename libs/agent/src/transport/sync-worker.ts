import { workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { failureOf } from './failure.js';
import type { Failure } from './failure.js';
import { ask } from './request.js';
import type { Ask, Endpoint } from './request.js';

/** What the asking thread sends. */
export interface SyncQuestion {
  readonly id: number;
  readonly endpoint: Endpoint;
  readonly ask: Ask;
}

/** What comes back over the port before the shared count of replies is raised. */
export type SyncReply =
  { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly failure: Failure };

const { port, signal } = workerData as { readonly port: MessagePort; readonly signal: Int32Array };

function reply(message: SyncReply): void {
  port.postMessage(message);
  Atomics.add(signal, 0, 1);
  Atomics.notify(signal, 0);
}

port.on('message', ({ id, endpoint, ask: options }: SyncQuestion) => {
  ask(endpoint, { ...options, keepAlive: true }).then(
    (answer) => reply({ id, answer }),
    (error: unknown) => reply({ id, failure: failureOf(error, options.maxBytes) }),
  );
});
