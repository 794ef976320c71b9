// Start tracing.
export { attachTracing, createTracing } from './nest/create-tracing.js';
export type { Tracing } from './nest/create-tracing.js';
export { TracingModule } from './nest/tracing.module.js';
export { TRACING_OPTIONS } from './nest/tracing-options.js';
export type {
  ErrorTracingOptions,
  HttpTracingOptions,
  MessagingTracingOptions,
  TracingOptions,
} from './nest/tracing-options.js';
export { TracingRuntime } from './nest/tracing-runtime.js';
export { traceClient } from './rmq/trace-own-client.js';

// Spans in handlers and services.
export { Baggage, CurrentSpan, NoSpan, Span, Traceable } from './decorators/index.js';
export type { SpanDecoratorOptions, SpanOptionsFromArguments } from './decorators/index.js';
export { CurrentTraceContext } from './nest/current-trace-context.decorator.js';
export { TraceService } from './nest/trace.service.js';
export { TracingInterceptor } from './nest/tracing.interceptor.js';
export { TracingLogger } from './nest/tracing-logger.js';

// What applications use most of the core; the rest is in `@distrace/tracing/core`.
export {
  DistraceError,
  SpanExporter,
  TraceContext,
  TraceContextManager,
  TraceSpan,
  withBatchSpan,
} from './core/index.js';
export type { BatchSpanOptions, Endpoint, PropagationFormat, RunningSdk, SdkOptions } from './core/index.js';
