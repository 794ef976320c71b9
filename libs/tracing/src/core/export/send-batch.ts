import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { errorMessage } from '../record-error.js';
import { withSettledResource } from '../resource-attributes.js';
import { warnOnce } from '../warn-once.js';
import { BatchProgress } from './batch-progress.js';
import type { BatchOutcome } from './batch-progress.js';
import { deferred, toError } from './call-async.js';
import type { Clock } from './clock.js';
import { RetryableError, retryWish } from './retryable-error.js';
import type { SpanExporter } from './span-exporter.js';
import { withoutTracing } from './without-tracing.js';

/** How often and how long to try. */
export interface SendBatchOptions {
  readonly maxAttempts: number;
  readonly backoffMs: number;
  readonly exportTimeoutMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  /** Ends attempt and wait at once. */
  readonly stop: AbortSignal;
  readonly onRetry: () => void;
}

/** Sends one batch, and what is left of it again after a wait when that may help. The error is that of the last
 * attempt. */
export async function sendBatch(
  exporter: SpanExporter,
  batch: readonly ReadableSpan[],
  options: SendBatchOptions,
): Promise<BatchOutcome> {
  const progress = new BatchProgress(batch);
  for (let attempt = 1; ; attempt++) {
    try {
      await tryOnce(exporter, progress, options);
      progress.sent(progress.rest);
      return progress.outcome();
    } catch (thrown) {
      const error = errorMessage(thrown);
      const wish = retryWish(thrown);
      const isLast = attempt >= options.maxAttempts || options.stop.aborted || progress.rest.length === 0;
      if (isLast || wish === undefined) return progress.outcome(error);
      await pause(waitMs(attempt, wish, options), options);
      if (options.stop.aborted) return progress.outcome(error);
      options.onRetry();
    }
  }
}

const MAX_BACKOFF_MS = 5000;
const MAX_RETRY_AFTER_MS = 60_000;

/** Full jitter: many processes that lost one collector must not come back to it in step. */
function waitMs(
  attempt: number,
  { retryAfterMs }: { readonly retryAfterMs: number },
  { backoffMs, random }: Pick<SendBatchOptions, 'backoffMs' | 'random'>,
): number {
  const jitter = random() * Math.min(backoffMs * 2 ** (attempt - 1), MAX_BACKOFF_MS);
  return Math.max(jitter, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS));
}

/** An exporter that ignores its signal is left behind when the time is up, so it can never block the queue. */
async function tryOnce(
  exporter: SpanExporter,
  progress: BatchProgress,
  { clock, exportTimeoutMs, stop }: SendBatchOptions,
): Promise<void> {
  const attempt = new AbortController();
  const spans = progress.rest;
  // What an exporter says after it has been left behind would be counted twice.
  let isOver = false;
  const { promise: aborted, resolve: leave } = deferred();
  const abort = (reason: Error): void => {
    attempt.abort(reason);
    leave();
  };
  const onStop = (): void => abort(toError(stop.reason));
  const timer = clock.setTimeout(
    () => abort(new RetryableError(`the export took longer than ${exportTimeoutMs} ms`)),
    exportTimeoutMs,
  );
  stop.addEventListener('abort', onStop, { once: true });
  try {
    const sending = withoutTracing(async () => {
      await settledResource(spans);
      if (isOver) return;
      await exporter.send(spans, {
        signal: attempt.signal,
        onSent: (sent) => {
          if (!isOver) progress.sent(sent);
        },
        onDropped: (dropped, reason) => {
          if (!isOver) progress.dropped(dropped, reason);
        },
      });
    });
    await Promise.race([sending, aborted]);
    attempt.signal.throwIfAborted();
  } finally {
    isOver = true;
    clock.clearTimeout(timer);
    stop.removeEventListener('abort', onStop);
  }
}

/** A resource whose detectors failed, or that cannot be read, is for the exporter to make the best of. */
async function settledResource(spans: readonly ReadableSpan[]): Promise<void> {
  try {
    await withSettledResource(spans, () => Promise.resolve());
  } catch {
    warnOnce('detecting the resource failed; spans go with what is known of it');
  }
}

function pause(delayMs: number, { clock, stop }: Pick<SendBatchOptions, 'clock' | 'stop'>): Promise<void> {
  const { promise, resolve } = deferred();
  const timer = clock.setTimeout(resolve, delayMs);
  const onStop = (): void => {
    clock.clearTimeout(timer);
    resolve();
  };
  stop.addEventListener('abort', onStop, { once: true });
  return promise.finally(() => stop.removeEventListener('abort', onStop));
}
