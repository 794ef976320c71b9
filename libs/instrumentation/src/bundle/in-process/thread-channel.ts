import { BroadcastChannel } from 'node:worker_threads';
import type { MessageSource, ThreadLike } from '@distrace/tracing/core';

const NAME = 'distrace.spans';

/**
 * The way of worker threads' spans to the main thread: a channel of our own, since the application would see our
 * messages on its workers' ports. Keeps no thread alive.
 */
export function sendingEnd(): ThreadLike {
  const channel = openChannel();
  return { postMessage: (message) => channel.postMessage(message) };
}

const RECEIVER = Symbol.for('distrace.spans.receiver');

/**
 * Where the main thread hears them; one end at a time, the last one opened: a bundle that follows another takes over
 * from it, and what both heard would be exported twice.
 */
export function receivingEnd(): MessageSource & { close(): void } {
  const shared = globalThis as { [RECEIVER]?: BroadcastChannel };
  shared[RECEIVER]?.close();
  const channel = openChannel();
  Object.defineProperty(shared, RECEIVER, { value: channel, configurable: true });
  return {
    on(event, listener) {
      if (event !== 'message') return;
      channel.addEventListener('message', (message) => listener((message as MessageEvent).data));
      // A listener makes a port keep its thread alive again.
      channel.unref();
    },
    close: () => channel.close(),
  };
}

function openChannel(): BroadcastChannel {
  const channel = new BroadcastChannel(NAME);
  channel.unref();
  return channel;
}
