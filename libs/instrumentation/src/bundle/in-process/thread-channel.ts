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

/** Where the main thread hears them. */
export function receivingEnd(): MessageSource & { close(): void } {
  const channel = openChannel();
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
