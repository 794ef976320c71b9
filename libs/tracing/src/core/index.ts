// The thesis' API: traces, spans and how they travel.
export { TraceContext } from './context/trace-context.js';
export type { CloseSpanOptions, OpenSpanOptions } from './context/trace-context.js';
export { TraceContextManager } from './context/trace-context-manager.js';
export { TraceSpan } from './context/trace-span.js';
export type { AnnotationOptions, BinaryAnnotationOptions } from './context/trace-span.js';
export type { AttachOptions } from './context/carriers.js';
export type { BinaryValue } from './carry/carried.js';
export type { Endpoint } from './endpoint.js';

// Context in header tables.
export { extractHeaders, injectHeaders } from './carry/propagate.js';
export { hasCreationContext } from './carry/creation-context.js';
export type { PropagationFormat } from './carry/propagation-format.js';
export { linked } from './carry/linked-context.js';
export { headerText } from './carry/headers.js';
export type { HeaderTable } from './carry/headers.js';

// Several messages at once.
export { withBatchSpan } from './messaging/with-batch-span.js';
export type { BatchMessage, BatchSpanOptions } from './messaging/with-batch-span.js';
export { destinationName } from './messaging/destination-name.js';

// Worker threads.
export { connectThreadTracing } from './threads/connect-thread-tracing.js';
export type { ConnectThreadTracingOptions } from './threads/connect-thread-tracing.js';
export { receiveThreadSpans } from './threads/receive-thread-spans.js';
export type { ReceiveThreadSpansOptions } from './threads/receive-thread-spans.js';
export { listenForTraceContext } from './threads/thread-context.js';
export type { MessageSource, ThreadLike } from './threads/thread-context.js';

// The SDK and what it sends where.
export { startSdk } from './sdk/start-sdk.js';
export type { RunningSdk, SdkOptions } from './sdk/start-sdk.js';
export { createIdGenerator } from './ids/id-generator.js';
export type { IdGenerator, IdGeneratorOptions, TraceIdLayout } from './ids/id-generator.js';
export {
  consoleExporter,
  createExporter,
  createExporterRegistry,
  directZipkin,
  disk,
  ExportProcessor,
  otlp,
  registerExporter,
  RetryableError,
  SpanExporter,
  toZipkinSpan,
} from './export/index.js';
export type {
  ExporterFactory,
  ExporterRegistry,
  ExportProcessorOptions,
  ExportStats,
  SendOptions,
  SendSyncOptions,
} from './export/index.js';

// For who builds on this library.
export { DistraceError } from './errors.js';
export { endSpan, errorType, recordError } from './record-error.js';
export { getTracer, SCHEMA_URL } from './tracer.js';
export { hasTracerProvider } from './sdk/has-provider.js';
export { provideSdkPackages } from './sdk/sdk-packages.js';
export type { SdkPackages } from './sdk/sdk-packages.js';
export { hideStackFrames } from './sdk/stack-trace-processor.js';
export { withoutTracing } from './export/without-tracing.js';
