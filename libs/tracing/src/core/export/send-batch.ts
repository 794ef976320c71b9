import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { withSettledResource } from '../resource-attributes.js';
import { callAsync, deferred, toError } from './call-async.js';
import type { Clock } from './clock.js';
import { RetryableError } from './retryable-error.js';
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

/** Sends one batch, again after a wait when it may help. Never rejects; the error is that of the last attempt. */
export async function sendBatch(
  exporter: SpanExporter,
  batch: readonly ReadableSpan[],
  options: SendBatchOptions,
): Promise<{ readonly error?: Error }> {
  for (let attempt = 1; ; attempt++) {
    try {
      await tryOnce(exporter, batch, options);
      return {};
    } catch (thrown) {
      const error = toError(thrown);
      const isLast = attempt >= options.maxAttempts || options.stop.aborted;
      if (isLast || !(error instanceof RetryableError)) return { error };
      await pause(waitMs(attempt, error, options), options);
      if (options.stop.aborted) return { error };
      options.onRetry();
    }
  }
}

const MAX_BACKOFF_MS = 5000;
const MAX_RETRY_AFTER_MS = 60_000;

/** Full jitter: many processes that lost one collector must not come back to it in step. */
function waitMs(
  attempt: number,
  error: RetryableError,
  { backoffMs, random }: Pick<SendBatchOptions, 'backoffMs' | 'random'>,
): number {
  const jitter = random() * Math.min(backoffMs * 2 ** (attempt - 1), MAX_BACKOFF_MS);
  return Math.max(jitter, Math.min(error.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
}

/** An exporter that ignores its signal is left behind when the time is up, so it can never block the queue. */
async function tryOnce(
  exporter: SpanExporter,
  batch: readonly ReadableSpan[],
  { clock, exportTimeoutMs, stop }: SendBatchOptions,
): Promise<void> {
  const attempt = new AbortController();
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
    const sending = withoutTracing(() =>
      callAsync(() =>
        withSettledResource(batch, () => callAsync(() => exporter.send(batch, { signal: attempt.signal }))),
      ),
    );
    await Promise.race([sending, aborted]);
    attempt.signal.throwIfAborted();
  } finally {
    clock.clearTimeout(timer);
    stop.removeEventListener('abort', onStop);
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
