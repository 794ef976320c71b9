import { SpanStatusCode } from '@opentelemetry/api';
import type { Span, TimeInput } from '@opentelemetry/api';
import { isNews } from './told-errors.js';

/**
 * What an application throws may be anything: an error whose `message` is a getter that throws, an object
 * without prototype, a revoked proxy. It is on its way to the application's own handlers, and nothing in this
 * file may throw in its place.
 */

/** A `code` that names a kind of error, such as `ECONNREFUSED` or `DT_ERR_X`; ids and sentences do not. */
const CODE = /^[A-Za-z][A-Za-z0-9_]{1,39}$/;

const UNREADABLE = 'unreadable error';

/**
 * A short name for the kind of an error, as `error.type` wants it: its code (of an RpcException, that of the object
 * it answers with) when that is a short token, else its class; `_OTHER` for what is no Error. Never throws.
 */
export function errorType(thrown: unknown): string {
  const error = causeOf(thrown);
  if (!isError(error)) return '_OTHER';
  const code = safely(() => codeOf(error) ?? codeOf(answerOf(error)), '');
  return code || safely(() => textOf(error.constructor?.name) ?? textOf(error.name), '_OTHER');
}

/** The text of anything thrown, without the credentials of URLs in it. Never throws. */
export function errorMessage(thrown: unknown): string {
  return safely(() => {
    const error = causeOf(thrown);
    if (typeof error !== 'object' || error === null) return withoutCredentials(String(error));
    const { message } = error as { message?: unknown };
    if (typeof message !== 'string') return withoutCredentials(JSON.stringify(error));
    // The error of a host with several addresses has a code only.
    return withoutCredentials(message) || codeOf(error) || message;
  }, UNREADABLE);
}

/** Nest's client rejects with `{ err, url }` when it finds no broker; the URL may hold a password. */
function causeOf(thrown: unknown): unknown {
  try {
    if (typeof thrown !== 'object' || thrown === null || isError(thrown)) return thrown;
    const { err } = thrown as { err?: unknown };
    return 'url' in thrown && err != null ? err : thrown;
  } catch {
    return thrown;
  }
}

/** Bounded, so that a long text takes a time that grows with its length only. */
const CREDENTIALS = /\/\/[^\s/@:]{0,256}:[^\s/@]{0,256}@/g;

function withoutCredentials(text: string): string {
  return text.includes('//') ? text.replace(CREDENTIALS, '//***@') : text;
}

/** Marks the span failed; the exception itself is recorded on the first span that sees it. Never throws. */
export function recordError(span: Span, error: unknown): void {
  try {
    if (!span.isRecording()) return;
    const message = errorMessage(error);
    span.setStatus({ code: SpanStatusCode.ERROR, message });
    span.setAttribute('error.type', errorType(error));
    if (!isNews(span, error)) return;
    // A copy of texts: the SDK reads more of an exception than it guards.
    const stack = safely(() => {
      const text = textOf((error as { stack?: unknown } | null | undefined)?.stack);
      return text && withoutCredentials(text);
    }, '');
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

function isError(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    // A revoked proxy.
    return false;
  }
}

function codeOf(value: unknown): string | undefined {
  const { code } = (value ?? {}) as { code?: unknown };
  return typeof code === 'string' && CODE.test(code) ? code : undefined;
}

/** What Nest's RpcException was made of. */
function answerOf(error: object): unknown {
  const { getError } = error as { getError?: unknown };
  return typeof getError === 'function' ? getError.call(error) : undefined;
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
