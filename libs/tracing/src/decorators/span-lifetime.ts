import { context, SpanStatusCode } from '@opentelemetry/api';
import type { Context, Span } from '@opentelemetry/api';
import { Observable } from 'rxjs';

/** What a traced call returned, followed to its end. */
export interface Lifetime {
  readonly span: Span;
  /** The context in which the call ran, with the span active. */
  readonly ctx: Context;
  /** Called with each result before the span ends; what it throws is ignored. */
  readonly onResult?: (result: unknown) => void;
}

/**
 * Ends the span when the work behind `result` ends: at once for a plain value, when a promise or thenable
 * settles, when an Observable completes, fails or is unsubscribed, when an async iterator is used up,
 * fails or is left early. Answers what the caller must get in place of `result`.
 */
export function endWith(result: unknown, lifetime: Lifetime): unknown {
  if (result instanceof Promise) return followPromise(result, lifetime);
  if (result instanceof Observable) return followObservable(result, lifetime);
  if (isAsyncIterator(result)) return followIterator(result, lifetime);
  if (isThenable(result)) return followThenable(result, lifetime);
  succeed(lifetime, result);
  return result;
}

/** Ends the span with what was thrown. */
export function fail({ span }: Lifetime, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  span.setAttribute('error.type', error instanceof Error ? error.constructor.name : '_OTHER');
  span.recordException(error instanceof Error ? error : message);
  span.end();
}

function succeed({ span, onResult }: Lifetime, result: unknown): void {
  tell(onResult, result);
  span.end();
}

function tell(onResult: Lifetime['onResult'], result: unknown): void {
  try {
    onResult?.(result);
  } catch {
    // Attributes from a result are not worth the result.
  }
}

function followPromise(promise: Promise<unknown>, lifetime: Lifetime): Promise<unknown> {
  return promise.then(
    (value) => {
      succeed(lifetime, value);
      return value;
    },
    (error: unknown) => {
      fail(lifetime, error);
      throw error;
    },
  );
}

function followObservable(source: Observable<unknown>, lifetime: Lifetime): Observable<unknown> {
  const { span, ctx, onResult } = lifetime;
  return new Observable((subscriber) => {
    let open = true;
    const close = (end: () => void) => {
      if (!open) return;
      open = false;
      end();
    };
    const subscription = context.with(ctx, () =>
      source.subscribe({
        next: (value) => {
          tell(onResult, value);
          subscriber.next(value);
        },
        error: (error: unknown) => {
          close(() => fail(lifetime, error));
          subscriber.error(error);
        },
        complete: () => {
          close(() => span.end());
          subscriber.complete();
        },
      }),
    );
    return () => {
      subscription.unsubscribe();
      close(() => span.end());
    };
  });
}

type AnyIterator = AsyncIterator<unknown, unknown, unknown>;

function followIterator<T extends AnyIterator & object>(iterator: T, lifetime: Lifetime): T {
  let open = true;
  const step = async (run: () => Promise<IteratorResult<unknown, unknown>>) => {
    try {
      const result = await context.with(lifetime.ctx, run);
      if (result.done === true && open) {
        open = false;
        succeed(lifetime, result.value);
      }
      return result;
    } catch (error) {
      if (open) {
        open = false;
        fail(lifetime, error);
      }
      throw error;
    }
  };
  // A proxy, not a new object: the caller may look at anything else the iterator has.
  return new Proxy(iterator, {
    get(target, key, receiver) {
      if (key === Symbol.asyncIterator) return () => receiver as unknown;
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      const method = value.bind(target) as (...args: unknown[]) => Promise<IteratorResult<unknown, unknown>>;
      if (key !== 'next' && key !== 'return' && key !== 'throw') return method;
      return (...args: unknown[]) => step(() => method(...args));
    },
  });
}

/** A thenable may do its work only when `then` is called, and have methods of its own: keep the object. */
function followThenable(thenable: PromiseLike<unknown> & object, lifetime: Lifetime): unknown {
  let open = true;
  const then = thenable.then.bind(thenable) as PromiseLike<unknown>['then'];
  // oxlint-disable-next-line unicorn/no-thenable -- it is one already, and stays the caller's own object
  Object.defineProperty(thenable, 'then', {
    configurable: true,
    writable: true,
    value: (
      onFulfilled?: ((value: unknown) => unknown) | null,
      onRejected?: ((error: unknown) => unknown) | null,
    ) =>
      context.with(lifetime.ctx, () =>
        then(
          (value) => {
            if (open) succeed(lifetime, value);
            open = false;
            return onFulfilled ? onFulfilled(value) : value;
          },
          (error: unknown) => {
            if (open) fail(lifetime, error);
            open = false;
            if (onRejected) return onRejected(error);
            throw error;
          },
        ),
      ),
  });
  return thenable;
}

function isThenable(value: unknown): value is PromiseLike<unknown> & object {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.isExtensible(value) &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

function isAsyncIterator(value: unknown): value is AnyIterator & object {
  if (typeof value !== 'object' || value === null) return false;
  const candidate = value as { next?: unknown; [Symbol.asyncIterator]?: unknown };
  return typeof candidate.next === 'function' && typeof candidate[Symbol.asyncIterator] === 'function';
}
