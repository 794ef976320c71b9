import type { ExportProcessorOptions } from '../export/index.js';

/** Whether `OTEL_SDK_DISABLED` asks for no tracing at all. */
export function isSdkDisabled(env: NodeJS.ProcessEnv): boolean {
  return env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true';
}

/** What `OTEL_BSP_*` say about batching; values that are no positive whole number are left out. */
export function batchSettings(env: NodeJS.ProcessEnv): ExportProcessorOptions {
  const settings: [keyof ExportProcessorOptions, string][] = [
    ['maxQueueSize', 'OTEL_BSP_MAX_QUEUE_SIZE'],
    ['maxBatchSize', 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE'],
    ['flushIntervalMs', 'OTEL_BSP_SCHEDULE_DELAY'],
    ['exportTimeoutMs', 'OTEL_BSP_EXPORT_TIMEOUT'],
  ];
  const entries = settings.map(
    ([option, variable]) => [option, Number(env[variable]?.trim() || Number.NaN)] as const,
  );
  return Object.fromEntries(entries.filter(([, value]) => Number.isSafeInteger(value) && value > 0));
}
