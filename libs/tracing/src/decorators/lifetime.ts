import { SpanStatusCode } from '@opentelemetry/api';
import type { Context, Span } from '@opentelemetry/api';
import { isNews, typeOf } from './thrown.js';

/** The span around a call, from its start to the end of the work behind it. */
export interface Lifetime {
  readonly span: Span;
  /** The context in which the call ran, with the span active. */
  readonly ctx: Context;
  /** Called with each result before the span ends; what it throws is ignored. */
  readonly onResult?: (result: unknown) => void;
}

/** Ends the span of work that went well. Never throws. */
export function succeed({ span, onResult }: Lifetime, result?: unknown): void {
  quietly(() => onResult?.(result));
  quietly(() => span.end());
}

/**
 * Ends the span with what was thrown. Never throws: the error is on its way to the application, and may be
 * anything, also something that cannot be read.
 */
export function fail({ span }: Lifetime, error: unknown): void {
  quietly(() => {
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttribute('error.type', '_OTHER');
    const isError = error instanceof Error;
    const message = isError ? String(error.message) : String(error);
    span.setStatus({ code: SpanStatusCode.ERROR, message });
    span.setAttribute('error.type', typeOf(error));
    if (!isNews(span, error)) return;
    // A copy of texts: the SDK reads more of an exception than it guards.
    span.recordException(isError ? { name: error.name, message, stack: String(error.stack) } : message);
  });
  quietly(() => span.end());
}

/** Ends the span. Never throws. */
export function end({ span }: Lifetime): void {
  quietly(() => span.end());
}

/** Tells `onResult` about one of several results. */
export function tell({ onResult }: Lifetime, result: unknown): void {
  quietly(() => onResult?.(result));
}

function quietly(call: () => void): void {
  try {
    call();
  } catch {
    // Tracing is not worth the application's result, nor its error.
  }
}
