import type { Span } from '@opentelemetry/api';

/**
 * An error on its way up passes every span around the one that failed: all of them fail, the innermost tells it.
 * Kept where each copy of this library finds it, and the copyable decorators with one of their own (keep in step).
 */
const TOLD = Symbol.for('distrace.told-errors');

interface Teller {
  readonly traceId: string;
  readonly startTime: readonly [number, number] | undefined;
}

/**
 * Whether this span is the one to record the error: true for the first on its way up, also when the same error
 * object is thrown again by later work. A text or number is recognised on the same span only.
 */
export function isNews(span: Span, error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return isOther(span, error);
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

/** What is no object is remembered by the span: several hooks see the same error. */
const lastValue = new WeakMap<Span, { readonly value: unknown }>();

function isOther(span: Span, value: unknown): boolean {
  const last = lastValue.get(span);
  if (last !== undefined && Object.is(last.value, value)) return false;
  lastValue.set(span, { value });
  return true;
}

function isLater(a: Teller['startTime'], b: Teller['startTime']): boolean {
  if (a === undefined || b === undefined) return false;
  return a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);
}
