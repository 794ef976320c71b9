import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';

// The key of @opentelemetry/core, which is no dependency of ours. createContextKey is Symbol.for, so the same
// text is the same key; a test compares it with core's own functions.
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');
const NO_TRACING = ROOT_CONTEXT.setValue(SUPPRESS_TRACING, true);

/** Runs a function in an empty context where nothing is traced: an exporter's own requests must make no spans, and
 * must not belong to the request whose span happened to fill the batch. */
export function withoutTracing<T>(run: () => T): T {
  return context.with(NO_TRACING, run);
}
