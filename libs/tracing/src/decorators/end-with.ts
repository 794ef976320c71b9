import { Observable, Subject } from 'rxjs';
import { followIterator, followObservable, followPromise, followThenable } from './follow.js';
import type { AnyIterator } from './follow.js';
import { succeed } from './lifetime.js';
import type { Lifetime } from './lifetime.js';

/**
 * Ends the span when the work behind `result` ends: at once for a plain value, when a promise or thenable
 * settles, when an Observable completes, fails or is unsubscribed, when an async iterator is used up,
 * fails or is left early. Answers what the caller must get in place of `result`. Never throws: a result that
 * cannot be looked at or followed is passed on as it is.
 */
export function endWith(result: unknown, lifetime: Lifetime): unknown {
  try {
    const followed = follow(result, lifetime);
    if (followed !== undefined) return followed;
  } catch {
    // A getter or a proxy of the application's threw.
  }
  succeed(lifetime, result);
  return result;
}

/** Undefined when there is nothing to wait for. */
function follow(result: unknown, lifetime: Lifetime): unknown {
  if (typeof result !== 'object' || result === null) return undefined;
  if (result instanceof Promise) return followPromise(result, lifetime);
  if (result instanceof Observable) {
    // A Subject is handed out to be called, not only to be listened to.
    return result instanceof Subject ? undefined : followObservable(result, lifetime);
  }
  if (isAsyncIterator(result)) return mayProxy(result) ? followIterator(result, lifetime) : undefined;
  if (isThenable(result)) return mayReplaceThen(result) ? followThenable(result, lifetime) : undefined;
  return undefined;
}

function isAsyncIterator(value: object): value is AnyIterator {
  const candidate = value as { next?: unknown; [Symbol.asyncIterator]?: unknown };
  return typeof candidate.next === 'function' && typeof candidate[Symbol.asyncIterator] === 'function';
}

function isThenable(value: object): value is PromiseLike<unknown> & object {
  return typeof (value as { then?: unknown }).then === 'function';
}

/** A proxy must show fixed properties of its target as they are. */
function mayProxy(value: object): boolean {
  return Reflect.ownKeys(value).every(
    (key) => Reflect.getOwnPropertyDescriptor(value, key)?.configurable === true,
  );
}

function mayReplaceThen(value: object): boolean {
  const own = Object.getOwnPropertyDescriptor(value, 'then');
  return Object.isExtensible(value) && own?.configurable !== false;
}
