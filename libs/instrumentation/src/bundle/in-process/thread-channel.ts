import { BroadcastChannel, receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
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
export function receivingEnd(): MessageSource & {
  close(): void;
  /** What has come and waits in the event loop, now: that will not turn again. */
  takeAll(): void;
} {
  const shared = globalThis as { [RECEIVER]?: BroadcastChannel };
  shared[RECEIVER]?.close();
  const channel = openChannel();
  let hear: ((message: unknown) => void) | undefined;
  Object.defineProperty(shared, RECEIVER, { value: channel, configurable: true });
  return {
    on(event, listener) {
      if (event !== 'message') return;
      hear = listener;
      channel.addEventListener('message', (message) => listener((message as MessageEvent).data));
      // A listener makes a port keep its thread alive again.
      channel.unref();
    },
    close: () => channel.close(),
    takeAll() {
      for (let got = next(channel); got !== undefined; got = next(channel)) hear?.(got.message);
    },
  };
}

function openChannel(): BroadcastChannel {
  const channel = new BroadcastChannel(NAME);
  channel.unref();
  return channel;
}

function next(channel: BroadcastChannel): { readonly message: unknown } | undefined {
  try {
    return receiveMessageOnPort(channel as unknown as MessagePort) as
      { readonly message: unknown } | undefined;
  } catch {
    // Closed.
    return undefined;
  }
}
