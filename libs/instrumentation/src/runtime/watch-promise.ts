import type { Primordials, SafeWeakMap } from './primordials.js';

/** Told once how a promise ended; `unwaited` when nobody waits for it: `value` is then the promise. */
export type PromiseEnd = (how: 'fulfilled' | 'rejected' | 'unwaited', value: unknown) => void;

export interface PromiseWatch {
  /** Whether a value is a promise that can be watched: of this realm, no subclass, no own `then`. */
  isNative(value: unknown): value is Promise<unknown>;
  /** Watches a promise that somebody else is sure to wait for: its rejection counts as handled from now on. */
  awaited(promise: Promise<unknown>, end: PromiseEnd): void;
  /** Watches a promise as soon as somebody waits for it. */
  lazily(promise: Promise<unknown>, end: PromiseEnd): void;
}

/**
 * Watching a promise by `then` marks its rejection as handled, and whether the application has handled it cannot be
 * asked: a rejection that ended the process would pass in silence. So nothing is attached until the application
 * itself waits. `then`, `catch`, `finally`, `await` and `Promise.all` all read `constructor` of the promise first
 * (ECMA-262, SpeciesConstructor and PromiseResolve); until then the promise has a prototype with that one getter.
 * `defer` runs its argument at the end of the event loop's turn; what nobody waits for by then is let go.
 */
export function watchPromises(primordials: Primordials, defer: (fn: () => void) => void): PromiseWatch {
  const { Promise: Native, PromisePrototype, then, getPrototypeOf, setPrototypeOf } = primordials;
  const { getOwnPropertyDescriptor } = primordials;
  const watched: SafeWeakMap<object, PromiseEnd[]> = primordials.weakMap();
  const waitedFor: SafeWeakMap<object, true> = primordials.weakMap();
  let fresh: Promise<unknown>[] = [];

  const Watched = Object.create(PromisePrototype, {
    constructor: {
      get(this: object) {
        const ends = watched.get(this);
        if (ends !== undefined) {
          letGo(this);
          waitedFor.set(this, true);
          for (let i = 0; i < ends.length; i += 1) awaited(this as Promise<unknown>, ends[i]!);
        }
        return Native;
      },
    },
  }) as object;

  function letGo(promise: object): void {
    watched.delete(promise);
    setPrototypeOf(promise, PromisePrototype);
  }

  function letUnwaitedGo(): void {
    const promises = fresh;
    fresh = [];
    for (let i = 0; i < promises.length; i += 1) {
      const promise = promises[i]!;
      const ends = watched.get(promise);
      if (ends === undefined) continue;
      letGo(promise);
      for (let j = 0; j < ends.length; j += 1) ends[j]!('unwaited', promise);
    }
  }

  function awaited(promise: Promise<unknown>, end: PromiseEnd): void {
    try {
      then(
        promise,
        (value) => end('fulfilled', value),
        (error) => end('rejected', error),
      );
    } catch {
      // Looks like a promise and is none.
      end('unwaited', promise);
    }
  }

  return {
    isNative(value): value is Promise<unknown> {
      if (typeof value !== 'object' || value === null) return false;
      try {
        const proto = getPrototypeOf(value);
        if (proto === Watched) return true;
        return (
          proto === PromisePrototype &&
          getOwnPropertyDescriptor(value, 'constructor') === undefined &&
          getOwnPropertyDescriptor(value, 'then') === undefined
        );
      } catch {
        return false;
      }
    },
    awaited,
    lazily(promise, end) {
      const ends = watched.get(promise);
      if (ends !== undefined) {
        ends[ends.length] = end;
      } else if (waitedFor.get(promise) === true) {
        awaited(promise, end);
      } else if (setPrototypeOf(promise, Watched)) {
        watched.set(promise, [end]);
        fresh[fresh.length] = promise;
        if (fresh.length === 1) defer(letUnwaitedGo);
      } else {
        // Frozen.
        end('unwaited', promise);
      }
    },
  };
}
