import { parentPort } from 'node:worker_threads';
import type { HeaderTable } from '../carry/headers.js';

/** A worker, a MessagePort or anything else that takes messages. */
export interface ThreadLike {
  postMessage(message: unknown): void;
}

/** Something that hears messages: a Worker, a MessagePort, a worker pool. */
export interface MessageSource {
  on(event: string, listener: (message: unknown) => void): unknown;
  off?(event: string, listener: (message: unknown) => void): unknown;
}

/** The property that tells our messages from the application's. */
export const THREAD_MESSAGE = 'distrace.thread';

let threadHeaders: HeaderTable | undefined;

/** Sends headers to a thread as its trace context; undefined takes them away again. */
export function postTraceContext(thread: ThreadLike, headers: HeaderTable | undefined): void {
  thread.postMessage({ [THREAD_MESSAGE]: 'context', headers });
}

/** The headers attached to this thread, if any. */
export function attachedThreadHeaders(): HeaderTable | undefined {
  return threadHeaders;
}

/**
 * Hears the trace contexts that `attachTraceToThread` sends to this thread, so that `getTraceFromThread`
 * finds them. `source` defaults to the worker's parent port. Like any listener on a port it keeps a worker
 * alive: call it in workers that listen for their tasks anyway, and dispose it to stop.
 */
export function listenForTraceContext(source: MessageSource | null = parentPort): Disposable {
  source?.on('message', rememberContext);
  return { [Symbol.dispose]: () => void source?.off?.('message', rememberContext) };
}

function rememberContext(message: unknown): void {
  if (kindOfMessage(message) !== 'context') return;
  const { headers } = message as { headers?: unknown };
  threadHeaders = typeof headers === 'object' && headers !== null ? (headers as HeaderTable) : undefined;
}

/** Which of our messages this is; undefined for the application's own. */
export function kindOfMessage(message: unknown): unknown {
  return typeof message === 'object' && message !== null
    ? (message as Record<string, unknown>)[THREAD_MESSAGE]
    : undefined;
}
