import { systemClock } from './clock.js';
import type { Clock } from './clock.js';

/** Limits and times of an {@link ExportProcessor}. */
export interface ExportProcessorOptions {
  /** Spans that may wait besides the batch on its way; further ones are dropped. Default 2048. */
  readonly maxQueueSize?: number;
  /** Memory that waiting spans may hold, bytes, counted roughly by their text and events; a span beyond it is
   * dropped. The batch on its way comes on top. Default 64 MiB. */
  readonly maxQueueBytes?: number;
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
  /** Time `shutdown` may take, milliseconds; what is not sent by then is dropped. `forceFlush` waits no longer
   * either, but drops nothing. Default 5000. */
  readonly shutdownTimeoutMs?: number;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Numbers in [0, 1). Default `Math.random`. */
  readonly random?: () => number;
  /** Called with the number of spans each time some are lost. */
  readonly onDrop?: (count: number) => void;
}

/** The options with every default in place. */
export function withDefaults(
  options: ExportProcessorOptions,
): Required<Omit<ExportProcessorOptions, 'onDrop'>> {
  const maxQueueSize = atLeastOne(options.maxQueueSize, 2048);
  return {
    maxQueueSize,
    maxQueueBytes: atLeastOne(options.maxQueueBytes, 64 * 1024 * 1024),
    maxBatchSize: Math.min(atLeastOne(options.maxBatchSize, 512), maxQueueSize),
    flushIntervalMs: options.flushIntervalMs ?? 1000,
    exportTimeoutMs: options.exportTimeoutMs ?? 10_000,
    maxAttempts: atLeastOne(options.maxAttempts, 5),
    backoffMs: options.backoffMs ?? 200,
    shutdownTimeoutMs: options.shutdownTimeoutMs ?? 5000,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  };
}

function atLeastOne(value: number | undefined, fallback: number): number {
  return value !== undefined && value >= 1 ? Math.floor(value) : fallback;
}
