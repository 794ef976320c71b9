// What every exporter is, for those who write one.
export { SpanExporter } from './span-exporter.js';
export type { SendOptions, SendSyncOptions } from './span-exporter.js';
export { RetryableError } from './retryable-error.js';

// Batching, retrying, dropping: the way from an ended span to an exporter.
export { ExportProcessor } from './export-processor.js';
export type { ExportStats } from './export-processor.js';
export type { ExportProcessorOptions } from './export-options.js';
export type { Clock } from './clock.js';

// The built-in exporters.
export { directZipkin } from './zipkin-exporter.js';
export type { DirectZipkinOptions } from './zipkin-exporter.js';
export { disk } from './disk-exporter.js';
export type { DiskOptions } from './disk-exporter.js';
export { otlp } from './otlp-exporter.js';
export type { OtlpOptions } from './otlp-exporter.js';
export { consoleExporter } from './console-exporter.js';
export type { ConsoleExporterOptions } from './console-exporter.js';

// Exporters by name: `directZipkin(http://127.0.0.1:9411)`.
export {
  createExporter,
  createExporterRegistry,
  defaultExporters,
  registerExporter,
} from './exporter-registry.js';
export type { ExporterFactory, ExporterRegistry } from './exporter-registry.js';

// OpenTelemetry's span as Zipkin's.
export { toZipkinSpan } from './to-zipkin.js';
export type { ZipkinDefaults } from './to-zipkin.js';
