import { AsyncLocalStorage } from 'node:async_hooks';
import { diag, TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { errorMessage } from '../record-error.js';
import { warn } from '../warn-once.js';
import type { BatchOutcome } from './batch-progress.js';
import { callAsync, deferred } from './call-async.js';
import { DropReporter } from './drop-reporter.js';
import { withDefaults } from './export-options.js';
import type { ExportProcessorOptions } from './export-options.js';
import { sendBatch } from './send-batch.js';
import type { SpanExporter } from './span-exporter.js';
import { SpanQueue } from './span-queue.js';

/** What has become of the sampled spans so far. `queued + exported + dropped` is all that ended. */
export interface ExportStats {
  /** Waiting or on their way. */
  readonly queued: number;
  readonly exported: number;
  /** Lost: the queue was full, a span could not be written, a batch failed for good, or time ran out at shutdown. */
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
  readonly #queue: SpanQueue;
  /** Timers are set from here: else each would keep the async context of the request that set it. */
  readonly #outside = AsyncLocalStorage.snapshot();
  readonly #stop = new AbortController();
  #timer: unknown;
  #timerIsDue = false;
  #sending: Promise<void> | undefined;
  #inFlight = 0;
  #batch: readonly ReadableSpan[] = [];
  /** Whether the last batch was given up: who is gone is not waited for. */
  #isFailing = false;
  /** Spans accepted so far, and how far of them must be sent without waiting for a full batch. */
  #accepted = 0;
  #flushUpTo = 0;
  #exported = 0;
  #retried = 0;
  #failedBatches = 0;
  #shutdown: Promise<void> | undefined;

  constructor(exporter: SpanExporter, options: ExportProcessorOptions = {}) {
    this.#exporter = exporter;
    this.#options = withDefaults(options);
    this.#queue = new SpanQueue({
      maxSpans: this.#options.maxQueueSize,
      maxBytes: this.#options.maxQueueBytes,
    });
    this.#report = new DropReporter(diag, options.onDrop);
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.#shutdown !== undefined || (span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    const refusal = this.#queue.push(span);
    if (refusal !== undefined) {
      this.#report.dropped(1, refusal);
      return;
    }
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

  /** Resolves when every span that ended before has been exported or given up, or after `shutdownTimeoutMs`: then
   * they are still on their way. */
  async forceFlush(): Promise<void> {
    if (this.#shutdown !== undefined) return this.#shutdown;
    const { clock, shutdownTimeoutMs } = this.#options;
    const { promise: outOfTime, resolve: giveUp } = deferred();
    // Waits between attempts do not keep the process alive; somebody who awaits this does not want it to end.
    const deadline = clock.setTimeout(
      () => {
        giveUp();
        warn(`flushing takes longer than ${shutdownTimeoutMs} ms and goes on unawaited`);
      },
      shutdownTimeoutMs,
      { keepAlive: true },
    );
    await Promise.race([this.#flush(), outOfTime]);
    clock.clearTimeout(deadline);
  }

  /**
   * For a process that ends without another turn of its event loop: hands over what waits and what is on its way,
   * and blocks for at most `timeoutMs`. A batch on its way may so arrive twice. With nothing left, with an exporter
   * that cannot, or when the last batch failed, it takes no time. Ends nothing: later spans wait as before.
   */
  flushSync(timeoutMs: number): void {
    const rest = [...this.#batch, ...this.#queue.take(this.#queue.length)];
    if (rest.length === 0) return;
    this.#batch = [];
    if (this.#exporter.sendSync === undefined || this.#isFailing || timeoutMs <= 0) {
      this.#report.droppedAtEnd(rest.length);
      return;
    }
    try {
      let dropped = 0;
      this.#exporter.sendSync(rest, {
        timeoutMs,
        onDropped: (spans, reason) => {
          dropped += spans.length;
          this.#report.unwritable(spans.length, reason);
        },
      });
      this.#exported += rest.length - dropped;
    } catch (thrown) {
      this.#report.dropped(rest.length, errorMessage(thrown));
    }
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
      const lost = this.#queue.take(this.#queue.length).length;
      if (lost > 0) this.#report.dropped(lost, (this.#stop.signal.reason as Error).message);
    }
  }

  async #flush(): Promise<void> {
    const target = this.#accepted;
    this.#flushUpTo = target;
    const done = (): number => this.#accepted - this.#queue.length - this.#inFlight;
    while (done() < target) {
      if (this.#stop.signal.aborted) return;
      const before = done();
      // A pass that was under way may have been past its last batch; one begun here must get somewhere.
      const isOwnPass = this.#sending === undefined;
      this.#start();
      await this.#sending;
      if (isOwnPass && done() === before) return;
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
      await this.#send(this.#queue.take(this.#options.maxBatchSize));
    }
  }

  async #send(batch: readonly ReadableSpan[]): Promise<void> {
    this.#inFlight = batch.length;
    this.#batch = batch;
    let outcome: BatchOutcome = NOTHING_SENT;
    try {
      outcome = await sendBatch(this.#exporter, batch, {
        ...this.#options,
        stop: this.#stop.signal,
        onRetry: () => this.#retried++,
      });
    } catch (thrown) {
      outcome = { ...NOTHING_SENT, error: errorMessage(thrown) };
    } finally {
      this.#inFlight = 0;
      this.#batch = [];
      this.#count(batch.length, outcome);
    }
  }

  #count(batchSize: number, { exported, unwritable, whyUnwritable, error }: BatchOutcome): void {
    this.#exported += exported;
    this.#isFailing = error !== undefined;
    if (unwritable > 0) this.#report.unwritable(unwritable, whyUnwritable);
    if (error !== undefined) {
      this.#failedBatches++;
      this.#report.dropped(batchSize - exported - unwritable, error);
    } else if (exported > 0) {
      this.#report.worked();
    }
  }
}

const NOTHING_SENT: BatchOutcome = {
  exported: 0,
  unwritable: 0,
  whyUnwritable: '',
  error: 'the exporter did not say why',
};

/** Runs a step that may fail without a way to tell anybody but the log. */
async function quietly(what: string, step: () => Promise<void>): Promise<void> {
  try {
    await callAsync(step);
  } catch (error) {
    warn(`${what} failed: ${errorMessage(error)}`);
  }
}
