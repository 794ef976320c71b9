import { AsyncLocalStorage } from 'node:async_hooks';
import { diag, TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { callAsync, deferred } from './call-async.js';
import { systemClock } from './clock.js';
import type { Clock } from './clock.js';
import { sendBatch } from './send-batch.js';
import { DropReporter } from './drop-reporter.js';
import type { SpanExporter } from './span-exporter.js';

/** Limits and times of an {@link ExportProcessor}. */
export interface ExportProcessorOptions {
  /** Spans that may wait besides the batch on its way; further ones are dropped. Default 2048. */
  readonly maxQueueSize?: number;
  /** Spans in one call of the exporter. Default 512. */
  readonly maxBatchSize?: number;
  /** Longest wait of a span before its batch is sent, milliseconds. Default 1000. */
  readonly flushIntervalMs?: number;
  /** Time one attempt may take, milliseconds. Default 10 000. */
  readonly exportTimeoutMs?: number;
  /** Attempts per batch as long as the exporter throws {@link RetryableError}. Default 5. */
  readonly maxAttempts?: number;
  /** Bound of the first wait between attempts, milliseconds; doubles up to 5 s, and each wait is a random part
   * of its bound. Default 200. */
  readonly backoffMs?: number;
  /** Time `shutdown` may take, milliseconds; what is not sent by then is dropped. Default 5000. */
  readonly shutdownTimeoutMs?: number;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Numbers in [0, 1). Default `Math.random`. */
  readonly random?: () => number;
  /** Called with the number of spans each time some are lost. */
  readonly onDrop?: (count: number) => void;
}

/** What has become of the sampled spans so far. `queued + exported + dropped` is all that ended. */
export interface ExportStats {
  /** Waiting or on their way. */
  readonly queued: number;
  readonly exported: number;
  /** Lost: the queue was full, a batch failed for good, or time ran out at shutdown. */
  readonly dropped: number;
  /** Attempts beyond the first. */
  readonly retried: number;
  /** Batches given up. */
  readonly failedBatches: number;
}

/**
 * Hands ended spans to an exporter in batches, away from the code that ended them: `onEnd` is a push, one batch
 * is on its way at a time, and an exporter that is slow or down costs counted drops of the newest spans. Losses
 * are reported once by OpenTelemetry's `diag` until exports work again. Nothing it does throws or rejects, and
 * after `shutdown` every call does nothing.
 */
export class ExportProcessor implements SpanProcessor {
  readonly #exporter: SpanExporter;
  readonly #options: Required<Omit<ExportProcessorOptions, 'onDrop'>>;
  readonly #report: DropReporter;
  readonly #queue: ReadableSpan[] = [];
  /** Timers are set from here: else each would keep the async context of the request that set it. */
  readonly #outside = AsyncLocalStorage.snapshot();
  readonly #stop = new AbortController();
  #timer: unknown;
  #timerIsDue = false;
  #sending: Promise<void> | undefined;
  #inFlight = 0;
  /** Spans accepted so far, and how far of them must be sent without waiting for a full batch. */
  #accepted = 0;
  #flushUpTo = 0;
  #exported = 0;
  #retried = 0;
  #failedBatches = 0;
  #shutdown: Promise<void> | undefined;

  constructor(exporter: SpanExporter, options: ExportProcessorOptions = {}) {
    const maxQueueSize = atLeastOne(options.maxQueueSize, 2048);
    this.#exporter = exporter;
    this.#options = {
      maxQueueSize,
      maxBatchSize: Math.min(atLeastOne(options.maxBatchSize, 512), maxQueueSize),
      flushIntervalMs: options.flushIntervalMs ?? 1000,
      exportTimeoutMs: options.exportTimeoutMs ?? 10_000,
      maxAttempts: atLeastOne(options.maxAttempts, 5),
      backoffMs: options.backoffMs ?? 200,
      shutdownTimeoutMs: options.shutdownTimeoutMs ?? 5000,
      clock: options.clock ?? systemClock,
      random: options.random ?? Math.random,
    };
    this.#report = new DropReporter(diag, options.onDrop);
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.#shutdown !== undefined || (span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    if (this.#queue.length >= this.#options.maxQueueSize) {
      this.#report.dropped(1, `the queue of ${this.#options.maxQueueSize} spans is full`);
      return;
    }
    this.#queue.push(span);
    this.#accepted++;
    if (this.#sending === undefined) this.#arm();
  }

  /** Counts since the start. */
  stats(): ExportStats {
    return {
      queued: this.#queue.length + this.#inFlight,
      exported: this.#exported,
      dropped: this.#report.total,
      retried: this.#retried,
      failedBatches: this.#failedBatches,
    };
  }

  /** Resolves when every span that ended before has been exported or given up. */
  async forceFlush(): Promise<void> {
    if (this.#shutdown !== undefined) return this.#shutdown;
    // Waits between attempts do not keep the process alive; somebody who awaits this does not want it to end.
    const hold = this.#options.clock.setTimeout(() => undefined, LONGEST_TIMER_MS, { keepAlive: true });
    await this.#flush();
    this.#options.clock.clearTimeout(hold);
  }

  /** Flushes, then shuts the exporter down; both within `shutdownTimeoutMs`. Further calls wait for the first. */
  shutdown(): Promise<void> {
    this.#shutdown ??= this.#finish();
    return this.#shutdown;
  }

  async #finish(): Promise<void> {
    const { clock, shutdownTimeoutMs } = this.#options;
    const { promise: outOfTime, resolve: giveUp } = deferred();
    const deadline = clock.setTimeout(
      () => {
        this.#stop.abort(new Error(`no time left at shutdown (${shutdownTimeoutMs} ms)`));
        giveUp();
      },
      shutdownTimeoutMs,
      { keepAlive: true },
    );
    const orderly = this.#flush().then(() =>
      quietly('shutting the exporter down', () => this.#exporter.shutdown()),
    );
    await Promise.race([orderly, outOfTime]);
    clock.clearTimeout(deadline);
    if (this.#timer !== undefined) clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#stop.signal.aborted) {
      await this.#sending; // counts the batch that was on its way; the signal has ended it
      const lost = this.#queue.splice(0).length;
      if (lost > 0) this.#report.dropped(lost, (this.#stop.signal.reason as Error).message);
    }
  }

  async #flush(): Promise<void> {
    const target = this.#accepted;
    this.#flushUpTo = target;
    while (this.#accepted - this.#queue.length - this.#inFlight < target) {
      if (this.#stop.signal.aborted) return;
      this.#start();
      await this.#sending;
    }
    await quietly('flushing the exporter', () => this.#exporter.forceFlush());
  }

  /** Sees to it that what waits is sent in time; a full batch does not wait, but nor does it run in `onEnd`. */
  #arm(): void {
    const isDue = this.#queue.length >= this.#options.maxBatchSize;
    if (this.#timer !== undefined) {
      if (!isDue || this.#timerIsDue) return;
      this.#options.clock.clearTimeout(this.#timer);
    }
    this.#timerIsDue = isDue;
    this.#timer = this.#outside(() =>
      this.#options.clock.setTimeout(
        () => {
          this.#timer = undefined;
          if (!isDue) this.#flushUpTo = this.#accepted;
          this.#start();
        },
        isDue ? 0 : this.#options.flushIntervalMs,
      ),
    );
  }

  #start(): void {
    this.#sending ??= this.#outside(() => this.#drain()).finally(() => {
      this.#sending = undefined;
      if (this.#queue.length > 0 && !this.#stop.signal.aborted) this.#arm();
    });
  }

  async #drain(): Promise<void> {
    if (this.#timer !== undefined) this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    const isWanted = (): boolean =>
      this.#queue.length >= this.#options.maxBatchSize ||
      (this.#queue.length > 0 && this.#accepted - this.#queue.length < this.#flushUpTo);
    while (isWanted() && !this.#stop.signal.aborted) {
      const batch = this.#queue.splice(0, this.#options.maxBatchSize);
      this.#inFlight = batch.length;
      const outcome = await sendBatch(this.#exporter, batch, {
        ...this.#options,
        stop: this.#stop.signal,
        onRetry: () => this.#retried++,
      });
      this.#inFlight = 0;
      if (outcome.error === undefined) {
        this.#exported += batch.length;
        this.#report.worked();
      } else {
        this.#failedBatches++;
        this.#report.dropped(batch.length, outcome.error.message);
      }
    }
  }
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

function atLeastOne(value: number | undefined, fallback: number): number {
  return value !== undefined && value >= 1 ? Math.floor(value) : fallback;
}

/** Runs a step that may fail without a way to tell anybody but the log. */
async function quietly(what: string, step: () => Promise<void>): Promise<void> {
  try {
    await callAsync(step);
  } catch (error) {
    diag.warn(`distrace: ${what} failed`, error);
  }
}
