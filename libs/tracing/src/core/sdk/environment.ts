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

/** Longer attribute values are cut: a megabyte in a tag stalls the event loop when it is encoded. */
const MAX_ATTRIBUTE_LENGTH = 65_536;

/** Limits where the environment sets none. */
export function defaultLimits(env: NodeJS.ProcessEnv): { attributeValueLengthLimit?: number } {
  const isSet = ['OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT'].some(
    (name) => (env[name]?.trim() ?? '') !== '',
  );
  return isSet ? {} : { attributeValueLengthLimit: MAX_ATTRIBUTE_LENGTH };
}
