import type { IncomingEvent } from '@nestjs/microservices';
import { FAILURES } from './topology.js';

/**
 * Whatever is in a dead letter goes to one handler, whole: it may be another service's message, broken, or no
 * JSON at all.
 */
export class DeadLetterDeserializer {
  deserialize(value: unknown): IncomingEvent {
    return { pattern: FAILURES, data: value };
  }
}
