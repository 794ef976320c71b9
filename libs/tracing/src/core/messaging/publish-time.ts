import { headerText } from '../carry/headers.js';
import type { HeaderTable } from '../carry/headers.js';

/**
 * The header that says when a message was published: whole milliseconds since 1970. The name is that of RabbitMQ's own
 * message interceptor, so messages that a broker has stamped are understood as well.
 */
export const PUBLISH_TIME_HEADER = 'timestamp_in_ms';
/** Milliseconds from a message's publish to its handling. OpenTelemetry has no name for it. */
export const ATTR_LAG_MS = 'distrace.rabbitmq.lag_ms';

/** The year 2001. What is earlier was written in seconds, or is nonsense. */
const EARLIEST_MS = 1e12;
/** Clocks differ by less. What is later was written in microseconds, or is nonsense. */
const MAX_AHEAD_MS = 86_400_000;
const NUMBER = /^\d{1,16}(?:\.\d{1,9})?$/;

/**
 * Milliseconds from the publish that the headers tell of to `nowMs`; 0 when the publisher's clock is ahead. Undefined
 * when they tell of none, or of none that can be. Never throws.
 */
export function lagMs(headers: HeaderTable | undefined, nowMs: number): number | undefined {
  const published = publishTimeOf(headers);
  const isTime = published >= EARLIEST_MS && published <= nowMs + MAX_AHEAD_MS;
  return isTime ? Math.max(0, nowMs - published) : undefined;
}

function publishTimeOf(headers: HeaderTable | undefined): number {
  try {
    return numberOf(headers?.[PUBLISH_TIME_HEADER]);
  } catch {
    // A getter or proxy of the application's.
    return Number.NaN;
  }
}

function numberOf(value: unknown): number {
  if (typeof value === 'number' || value === undefined) return value ?? Number.NaN;
  if (typeof value === 'bigint') return Number(value);
  const text = headerText(value);
  return text !== undefined && NUMBER.test(text) ? Number(text) : Number.NaN;
}
