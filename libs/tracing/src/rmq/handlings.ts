import { endSpan } from '../core/index.js';
import type { Handling } from './consumer-span.js';
import { runningHandlers } from './running-handlers.js';

/**
 * The message being handled is kept on Nest's RmqContext, which hooks, interceptors and filters all have: under a
 * symbol, so that nothing else sees it. A WeakMap costs 1.5 µs a message, and the garbage collector as much again.
 */
const HANDLING = Symbol.for('distrace.rmq.handling');

interface WithHandling {
  [HANDLING]?: Handling;
}

/** Remembers the span of a message, which counts as running until it is ended here. */
export function beginHandling(rmqContext: WithHandling, handling: Handling): void {
  rmqContext[HANDLING] = handling;
  runningHandlers.begin();
}

/** Ends the span of a message, once. Never throws. */
export function endHandling(handling: Handling): void {
  if (handling.hasEnded) return;
  handling.hasEnded = true;
  endSpan(handling.span);
  runningHandlers.end();
}

/** The span of the message that this context speaks of, while and after it is handled. */
export function handlingOf(rmqContext: unknown): Handling | undefined {
  return typeof rmqContext === 'object' && rmqContext !== null
    ? (rmqContext as WithHandling)[HANDLING]
    : undefined;
}
