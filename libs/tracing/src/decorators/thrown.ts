import type { Span } from '@opentelemetry/api';

/**
 * What spans say of an error. The core of the library has the same rules; this folder does without it, so that it
 * can be copied, and shares with it only what errors have been told.
 */

/** A `code` that names a kind of error, such as `ECONNREFUSED`; ids and sentences do not. */
const CODE = /^[A-Za-z][A-Za-z0-9_]{1,39}$/;

/**
 * As `error.type` wants it: the error's code (of an RpcException, that of the object it answers with) when that is
 * a short token, else its class; `_OTHER` for what is no Error or cannot be read.
 */
export function typeOf(error: unknown): string {
  try {
    if (!(error instanceof Error)) return '_OTHER';
    return codeOf(error) ?? (error.constructor?.name || '_OTHER');
  } catch {
    return '_OTHER';
  }
}

function codeOf(error: Error): string | undefined {
  try {
    const { code, getError } = error as { code?: unknown; getError?: unknown };
    if (isToken(code)) return code;
    if (typeof getError !== 'function') return undefined;
    const answer = (getError.call(error) as { code?: unknown } | null | undefined)?.code;
    return isToken(answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}

function isToken(code: unknown): code is string {
  return typeof code === 'string' && CODE.test(code);
}

const TOLD = Symbol.for('distrace.told-errors');

interface Teller {
  readonly traceId: string;
  readonly startTime: readonly [number, number] | undefined;
}

/**
 * Whether this span is the one to record the error: an error passes all spans around the one that failed, and the
 * innermost tells it. An object thrown again by later work is news again; a text or number is one to each span.
 */
export function isNews(span: Span, error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return true;
  const shared = globalThis as { [TOLD]?: WeakMap<object, Teller> };
  const told = (shared[TOLD] ??= new WeakMap());
  const before = told.get(error);
  const { traceId } = span.spanContext();
  const { startTime } = span as { startTime?: readonly [number, number] };
  // A span above has started no later than the one below it that told the error.
  if (before?.traceId === traceId && !isLater(startTime, before.startTime)) return false;
  told.set(error, { traceId, startTime });
  return true;
}

function isLater(a: Teller['startTime'], b: Teller['startTime']): boolean {
  if (a === undefined || b === undefined) return false;
  return a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);
}
