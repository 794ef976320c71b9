import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { SpanAggregator } from './aggregator.js';
import { isSampled } from './span-times.js';

/** What a processor hands over. */
export interface TracezSpanProcessorOptions {
  /** Also spans of traces that are not sampled for export. Default true. */
  readonly includeUnsampled?: boolean;
}

/**
 * Hands each start and end of a span to an aggregator. An OpenTelemetry span processor for
 * `new TracerProvider({ spanProcessors: [processor] })`; several may share an aggregator.
 *
 * Never throws, never waits, never keeps the process alive. After `shutdown` new spans are ignored; those that
 * run then still leave when they end.
 */
export class TracezSpanProcessor implements SpanProcessor {
  readonly #aggregator: SpanAggregator;
  readonly #sampledOnly: boolean;
  #isShutDown = false;

  constructor(
    aggregator: SpanAggregator = new SpanAggregator(),
    { includeUnsampled = true }: TracezSpanProcessorOptions = {},
  ) {
    this.#aggregator = aggregator;
    this.#sampledOnly = !includeUnsampled;
    aggregator.processorsChanged(1);
  }

  /** Who counts, and answers queries. */
  get aggregator(): SpanAggregator {
    return this.#aggregator;
  }

  onStart(span: ReadableSpan): void {
    // The SDK lets exceptions through to the application's startSpan and end.
    try {
      if (this.#isShutDown || (this.#sampledOnly && !isSampled(span))) return;
      this.#aggregator.start(span);
    } catch (error) {
      this.#aggregator.noteInternalError(error);
    }
  }

  onEnd(span: ReadableSpan): void {
    try {
      if (this.#sampledOnly && !isSampled(span)) return;
      if (this.#isShutDown) this.#aggregator.endOfKnown(span);
      else this.#aggregator.end(span);
    } catch (error) {
      this.#aggregator.noteInternalError(error);
    }
  }

  /** Counts what waits. */
  async forceFlush(): Promise<void> {
    this.#aggregator.drain();
  }

  /** A second call does nothing. */
  async shutdown(): Promise<void> {
    this.#aggregator.drain();
    if (this.#isShutDown) return;
    this.#isShutDown = true;
    this.#aggregator.processorsChanged(-1);
  }
}
