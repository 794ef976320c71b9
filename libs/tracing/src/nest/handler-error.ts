import type { Span } from '@opentelemetry/api';
import { errorType, recordError } from '../core/index.js';
import type { ErrorTracingOptions } from './tracing-options.js';

/**
 * Tells a handler's span what the handler (or a guard, pipe or interceptor of it) threw. Never throws: the error
 * is on its way to Nest.
 */
export function recordHandlerError(
  span: Span,
  error: unknown,
  kind: 'http' | 'rpc',
  { classify }: ErrorTracingOptions = {},
): void {
  const verdict = ask(classify, error) ?? (isRefusal(error) ? 'expected' : 'error');
  if (verdict === 'error') recordError(span, error);
  // HTTP says an expected refusal by its status code; a message has nothing else to say it with.
  else if (verdict === 'expected' && kind === 'rpc' && span.isRecording()) {
    span.setAttribute('error.type', errorType(error));
  }
}

function ask(classify: ErrorTracingOptions['classify'], error: unknown): string | undefined {
  try {
    return classify?.(error);
  } catch {
    return undefined;
  }
}

/** An HttpException below 500 is an answer to the client, not a failure of the server. */
function isRefusal(error: unknown): boolean {
  try {
    const status = (error as { getStatus?: () => unknown } | null | undefined)?.getStatus;
    if (typeof status !== 'function') return false;
    const code = status.call(error);
    return typeof code === 'number' && code < 500;
  } catch {
    return false;
  }
}
