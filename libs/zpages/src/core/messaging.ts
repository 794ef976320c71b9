import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { LatencyCounters } from './latency-counters.js';
import type { LatencyScale } from './latency-scale.js';
import { kindName } from './plain-span.js';
import type { MessagingColumns } from './query.js';
import { cutText, ownText } from './text.js';

/** The broker has delivered the message before: boolean. */
export const ATTR_REDELIVERED = 'distrace.rabbitmq.redelivered';
/** How often a quorum queue has delivered it before: number. */
export const ATTR_DELIVERY_COUNT = 'distrace.rabbitmq.delivery_count';
/** From its publish to the start of its handling: milliseconds, with fractions. */
export const ATTR_LAG_MS = 'distrace.rabbitmq.lag_ms';

/** OpenTelemetry's SpanKind.PRODUCER; CONSUMER, the last, comes behind it. */
const PRODUCER = 3;
const MAX_DESTINATION_LENGTH = 256;

/** Whether the span of this kind is about a message. */
export function isMessagingKind(kind: number): boolean {
  return kind >= PRODUCER;
}

/** What the producer and consumer spans of one name said about their messages. */
export class MessagingStats {
  #kind = PRODUCER;
  #destination: string | undefined;
  #redelivered = 0;
  #maxDeliveryCount = 0;
  #lags: LatencyCounters | undefined;
  #maxLagMs = 0;

  /** Counts a span that ended. */
  add({ kind, attributes }: ReadableSpan, scale: LatencyScale): void {
    this.#kind = kind;
    const destination =
      attributes['messaging.destination.template'] ?? attributes['messaging.destination.name'];
    // Nearly always the one before, so nearly never copied.
    if (typeof destination === 'string' && destination !== this.#destination) {
      this.#destination = ownText(cutText(destination, MAX_DESTINATION_LENGTH));
    }
    if (attributes[ATTR_REDELIVERED] === true) this.#redelivered++;
    const deliveries = attributes[ATTR_DELIVERY_COUNT];
    if (typeof deliveries === 'number' && deliveries > this.#maxDeliveryCount) {
      this.#maxDeliveryCount = deliveries;
    }
    const lagMs = attributes[ATTR_LAG_MS];
    // Not a number compares as false; a publisher's clock may be ahead of this one.
    if (typeof lagMs === 'number' && lagMs < Number.POSITIVE_INFINITY) {
      this.#lags ??= new LatencyCounters();
      this.#lags.add(scale.binOf(lagMs * 1e6));
      this.#maxLagMs = Math.max(this.#maxLagMs, lagMs);
    }
  }

  /** Counts what another name's spans have counted. */
  absorb(other: MessagingStats): void {
    this.#kind = other.#kind;
    this.#destination = other.#destination;
    this.#redelivered += other.#redelivered;
    this.#maxDeliveryCount = Math.max(this.#maxDeliveryCount, other.#maxDeliveryCount);
    this.#maxLagMs = Math.max(this.#maxLagMs, other.#maxLagMs);
    if (other.#lags === undefined) return;
    this.#lags ??= new LatencyCounters();
    this.#lags.addAll(other.#lags);
  }

  columns(scale: LatencyScale): MessagingColumns {
    const percentiles = this.#lags?.percentiles(scale);
    return {
      spanKind: kindName(this.#kind),
      ...(this.#destination === undefined ? {} : { destination: this.#destination }),
      redelivered: this.#redelivered,
      maxDeliveryCount: this.#maxDeliveryCount,
      ...(percentiles === undefined
        ? {}
        : { lag: { ...percentiles, count: this.#lags?.total() ?? 0, maxMs: this.#maxLagMs } }),
    };
  }
}
