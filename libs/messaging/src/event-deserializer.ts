import type { IncomingEvent } from '@nestjs/microservices';

/**
 * Every message here is an event. Nest takes a body with an `id` for a request and answers to its `replyTo`;
 * for a stray message without one the answer is a publish to queue `undefined`, whose error nobody catches.
 *
 * Only the pattern that is the queue's name is left as it is: Nest offers every handler of a service to each of
 * its queues, and a stray message must not reach that of another queue.
 */
export class EventDeserializer {
  readonly #queue: string;

  /** @param queue Name of the queue, without prefix. */
  constructor(queue: string) {
    this.#queue = queue;
  }

  deserialize(value: unknown): IncomingEvent {
    if (typeof value !== 'object' || value === null) return { pattern: undefined, data: value };
    const { pattern, data } = value as { pattern?: unknown; data?: unknown };
    if (typeof pattern !== 'string') return { pattern: undefined, data };
    return { pattern: pattern === this.#queue ? pattern : `${pattern} (in ${this.#queue})`, data };
  }
}
