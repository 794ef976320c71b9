import type { Handling } from './consumer-span.js';

/** The messages being handled, by Nest's RmqContext: hooks, interceptors and filters all have that. */
const running = new WeakMap<object, Handling>();

/** Remembers the span of a message. */
export function beginHandling(rmqContext: object, handling: Handling): void {
  running.set(rmqContext, handling);
}

/** The span of the message that this context speaks of, while and after it is handled. */
export function handlingOf(rmqContext: unknown): Handling | undefined {
  return typeof rmqContext === 'object' && rmqContext !== null ? running.get(rmqContext) : undefined;
}
