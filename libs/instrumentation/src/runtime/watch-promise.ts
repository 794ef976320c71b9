import type { Primordials } from './primordials.js';

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

/** What is known of a promise; those that nobody waits for yet form a chain, so that each can leave it at once. */
interface Watch {
  readonly promise: Promise<unknown>;
  ends: PromiseEnd[];
  isWaitedFor: boolean;
  previous: Watch | undefined;
  next: Watch | undefined;
}

/**
 * Promises that are held because somebody may yet wait for them in this turn of the event loop. A turn may be as long
 * as the process: what only microtasks keep going never ends it.
 */
const MAX_UNWAITED = 1000;

class Given {
  constructor(object: object) {
    // The class below puts its private field on what this returns.
    // oxlint-disable-next-line no-constructor-return -- the one way to give a foreign object a private field
    return object;
  }
}

/** A note on a promise that nobody sees: a tenth of what a WeakMap costs. */
class Note extends Given {
  #watch: Watch | undefined;

  static of(object: object): Watch | undefined {
    return #watch in object ? (object as Note).#watch : undefined;
  }

  static write(object: object, watch: Watch): void {
    const note = #watch in object ? (object as Note) : new Note(object);
    note.#watch = watch;
  }
}

/**
 * Watching a promise by `then` marks its rejection as handled, and whether the application has handled it cannot be
 * asked: a rejection that ended the process would pass in silence. So nothing is attached until the application
 * itself waits. `then`, `catch`, `finally`, `await` and `Promise.all` all read `constructor` of the promise first
 * (ECMA-262, SpeciesConstructor and PromiseResolve); until then the promise has a prototype with that one getter.
 * `defer` runs its argument at the end of the event loop's turn; what nobody waits for by then is let go,
 * and the oldest before that when there are too many.
 */
export function watchPromises(primordials: Primordials, defer: (fn: () => void) => void): PromiseWatch {
  const { Promise: Native, PromisePrototype, then, getPrototypeOf, setPrototypeOf } = primordials;
  const { getOwnPropertyDescriptor, defineProperty, isPromise } = primordials;
  let first: Watch | undefined;
  let last: Watch | undefined;
  let unwaited = 0;
  let isDeferred = false;

  const Watched = Object.create(PromisePrototype, {
    constructor: {
      get(this: object) {
        const watch = Note.of(this);
        if (watch !== undefined && watch.ends.length > 0) {
          const { ends } = letGo(watch);
          watch.isWaitedFor = true;
          for (let i = 0; i < ends.length; i += 1) awaited(watch.promise, ends[i]!);
        }
        return Native;
      },
      // As on a plain promise, where assigning makes a property of its own.
      set(this: object, value: unknown) {
        // Without a prototype: the application may have put a `get` on `Object.prototype`.
        const descriptor = { __proto__: null, value, writable: true, enumerable: true, configurable: true };
        defineProperty(this, 'constructor', descriptor);
      },
    },
  }) as object;

  function letGo(watch: Watch): { readonly ends: readonly PromiseEnd[] } {
    const { promise, ends, previous, next } = watch;
    if (previous !== undefined) previous.next = next;
    else first = next;
    if (next !== undefined) next.previous = previous;
    else last = previous;
    watch.previous = watch.next = undefined;
    watch.ends = [];
    unwaited -= 1;
    // The application may have given it another one meanwhile.
    if (getPrototypeOf(promise) === Watched) setPrototypeOf(promise, PromisePrototype);
    return { ends };
  }

  function letUnwaitedGo(): void {
    isDeferred = false;
    // Each time the first: what is told may itself wait for one further on.
    for (let watch = first; watch !== undefined; watch = first) letFirstGo(watch);
  }

  function letFirstGo(watch: Watch): void {
    const { promise } = watch;
    const { ends } = letGo(watch);
    for (let i = 0; i < ends.length; i += 1) ends[i]!('unwaited', promise);
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
      // First, and of no use to a proxy: the traps of the application's proxies see nothing of ours.
      if (!isPromise(value)) return false;
      const proto = getPrototypeOf(value as Promise<unknown>);
      return (
        (proto === PromisePrototype || proto === Watched) &&
        getOwnPropertyDescriptor(value as Promise<unknown>, 'constructor') === undefined &&
        getOwnPropertyDescriptor(value as Promise<unknown>, 'then') === undefined
      );
    },
    awaited,
    lazily(promise, end) {
      const known = Note.of(promise);
      if (known?.isWaitedFor === true) {
        awaited(promise, end);
      } else if (known !== undefined && known.ends.length > 0) {
        known.ends[known.ends.length] = end;
      } else if (setPrototypeOf(promise, Watched)) {
        const watch: Watch = { promise, ends: [end], isWaitedFor: false, previous: last, next: undefined };
        if (last === undefined) first = watch;
        else last.next = watch;
        last = watch;
        Note.write(promise, watch);
        unwaited += 1;
        if (!isDeferred) {
          isDeferred = true;
          defer(letUnwaitedGo);
        }
        if (unwaited > MAX_UNWAITED) letFirstGo(first!);
      } else {
        // Frozen.
        end('unwaited', promise);
      }
    },
  };
}
