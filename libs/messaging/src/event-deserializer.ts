import type { IncomingEvent } from '@nestjs/microservices';

/**
 * Every message here is an event. Nest takes a body with an `id` for a request and answers to its `replyTo`;
 * for a stray message without one the answer is a publish to queue `undefined`, whose error nobody catches.
 */
export class EventDeserializer {
  deserialize(value: unknown): IncomingEvent {
    if (typeof value !== 'object' || value === null) return { pattern: undefined, data: value };
    const { pattern, data } = value as { pattern?: unknown; data?: unknown };
    return { pattern: typeof pattern === 'string' ? pattern : undefined, data };
  }
}
