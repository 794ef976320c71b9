import { SpanStatusCode } from '@opentelemetry/api';
import type { Span, TimeInput } from '@opentelemetry/api';

/**
 * What an application throws may be anything: an error whose `message` is a getter that throws, an object
 * without prototype, a revoked proxy. It is on its way to the application's own handlers, and nothing in this
 * file may throw in its place.
 */

/** Errors that a span has recorded already: a span above must not tell the same error again. */
const recorded = new WeakSet<object>();

const UNREADABLE = 'unreadable error';

/** A short name for the kind of an error, as `error.type` wants it. Never throws. */
export function errorType(error: unknown): string {
  return safely(() => {
    if (!(error instanceof Error)) return undefined;
    const { constructor, name } = error as { constructor?: { name?: unknown }; name: unknown };
    return textOf(constructor?.name) ?? textOf(name);
  }, '_OTHER');
}

/** The text of anything thrown. Never throws. */
export function errorMessage(error: unknown): string {
  return safely(() => {
    if (typeof error !== 'object' || error === null) return String(error);
    const { message } = error as { message?: unknown };
    return typeof message === 'string' ? message : JSON.stringify(error);
  }, UNREADABLE);
}

/** Marks the span failed; the exception itself is recorded on the first span that sees it. Never throws. */
export function recordError(span: Span, error: unknown): void {
  try {
    if (!span.isRecording()) return;
    const message = errorMessage(error);
    span.setStatus({ code: SpanStatusCode.ERROR, message });
    span.setAttribute('error.type', errorType(error));
    if (typeof error === 'object' && error !== null) {
      if (recorded.has(error)) return;
      recorded.add(error);
    }
    // A copy of texts: the SDK reads more of an exception than it guards.
    const stack = safely(() => textOf((error as { stack?: unknown } | null | undefined)?.stack), '');
    span.recordException({ name: errorType(error), message, ...(stack === '' ? {} : { stack }) });
  } catch {
    // A span of somebody else's SDK may throw; the error on its way matters more.
  }
}

/** Ends a span. Never throws: processors of the application run inside of it. */
export function endSpan(span: Span, endTime?: TimeInput): void {
  try {
    span.end(endTime);
  } catch {
    // See above.
  }
}

function safely(read: () => string | undefined, otherwise: string): string {
  try {
    return read() ?? otherwise;
  } catch {
    return otherwise;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
