import { createContextKey, trace } from '@opentelemetry/api';
import type { Context, Span } from '@opentelemetry/api';
import { Carried } from './carried.js';

const CARRIED_KEY = createContextKey('distrace.carried');

/**
 * Spans that someone else put into a context have no {@link Carried} beside them; what is set on them is
 * kept here, by the span itself.
 */
const bySpan = new WeakMap<Span, Carried>();

/** The context with this carried state. */
export function setCarried(ctx: Context, carried: Carried): Context {
  return ctx.setValue(CARRIED_KEY, carried);
}

/** What is carried in the context, or undefined. */
export function findCarried(ctx: Context): Carried | undefined {
  const inContext = ctx.getValue(CARRIED_KEY);
  if (inContext !== undefined) return inContext as Carried;
  const span = trace.getSpan(ctx);
  return span === undefined ? undefined : bySpan.get(span);
}

/** What is carried in the context; makes a place for it when there is none. */
export function carriedOf(ctx: Context): Carried {
  const found = findCarried(ctx);
  if (found !== undefined) return found;
  const carried = new Carried();
  const span = trace.getSpan(ctx);
  if (span !== undefined) bySpan.set(span, carried);
  return carried;
}
