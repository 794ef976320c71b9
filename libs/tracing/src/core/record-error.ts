import { SpanStatusCode } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/api';

/** Errors that a span has recorded already: a span below another must not tell the same error twice. */
const recorded = new WeakSet<object>();

/** A short name for the kind of an error, as `error.type` wants it. */
export function errorType(error: unknown): string {
  if (error instanceof Error) return error.constructor.name || error.name || 'Error';
  return '_OTHER';
}

/** The text of anything thrown; never throws, whatever came. */
export function errorMessage(error: unknown): string {
  if (error instanceof Error) return error.message;
  try {
    if (typeof error === 'object' && error !== null) {
      const { message } = error as { message?: unknown };
      return typeof message === 'string' ? message : JSON.stringify(error);
    }
    return String(error);
  } catch {
    return 'unprintable error';
  }
}

/** Marks the span failed; the exception itself is recorded on the first span that sees it. */
export function recordError(span: Span, error: unknown): void {
  if (!span.isRecording()) return;
  span.setStatus({ code: SpanStatusCode.ERROR, message: errorMessage(error) });
  span.setAttribute('error.type', errorType(error));
  if (typeof error === 'object' && error !== null) {
    if (recorded.has(error)) return;
    recorded.add(error);
  }
  span.recordException(error instanceof Error ? error : errorMessage(error));
}
