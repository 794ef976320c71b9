import { context } from '@opentelemetry/api';
import { Observable } from 'rxjs';
import { end, fail, succeed, tell } from './lifetime.js';
import type { Lifetime } from './lifetime.js';

/**
 * A plain promise is followed by one derived from it. One with more to it (a subclass, a `cancel` method)
 * stays what it is and is watched from the side.
 */
export function followPromise(promise: Promise<unknown>, lifetime: Lifetime): Promise<unknown> {
  if (Object.getPrototypeOf(promise) !== Promise.prototype || Reflect.ownKeys(promise).length > 0) {
    const watched = Promise.prototype.then.call(
      promise,
      (value) => succeed(lifetime, value),
      (error: unknown) => fail(lifetime, error),
    );
    void watched;
    return promise;
  }
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

/** The span ends when the stream completes, fails or is unsubscribed, the first time. */
export function followObservable(source: Observable<unknown>, lifetime: Lifetime): Observable<unknown> {
  // Of all subscriptions: one that comes later runs in the same context, below a span that has ended.
  let open = true;
  const close = (run: () => void) => {
    if (open) run();
    open = false;
  };
  return new Observable((subscriber) => {
    const subscription = context.with(lifetime.ctx, () =>
      source.subscribe({
        next: (value) => {
          tell(lifetime, value);
          subscriber.next(value);
        },
        error: (error: unknown) => {
          close(() => fail(lifetime, error));
          subscriber.error(error);
        },
        complete: () => {
          close(() => end(lifetime));
          subscriber.complete();
        },
      }),
    );
    return () => {
      subscription.unsubscribe();
      close(() => end(lifetime));
    };
  });
}

/** What an async iterator has. */
export type AnyIterator = AsyncIterator<unknown, unknown, unknown> & object;

const STEPS: ReadonlySet<PropertyKey> = new Set(['next', 'return', 'throw']);

/** The span ends when the iterator is used up, fails or is left early. */
export function followIterator(iterator: AnyIterator, lifetime: Lifetime): AnyIterator {
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
      if (open) fail(lifetime, error);
      open = false;
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
      return STEPS.has(key) ? (...args: unknown[]) => step(() => method(...args)) : method;
    },
  });
}

/** A thenable may do its work only when `then` is called, and have methods of its own: the object stays. */
export function followThenable(thenable: PromiseLike<unknown> & object, lifetime: Lifetime): unknown {
  let open = true;
  const once = (run: () => void) => {
    if (open) run();
    open = false;
  };
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
            once(() => succeed(lifetime, value));
            return onFulfilled ? onFulfilled(value) : value;
          },
          (error: unknown) => {
            once(() => fail(lifetime, error));
            if (onRejected) return onRejected(error);
            throw error;
          },
        ),
      ),
  });
  return thenable;
}
