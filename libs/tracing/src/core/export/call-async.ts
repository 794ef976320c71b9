import { errorMessage } from '../record-error.js';

/** Calls a function that should return a promise but may throw, for it is somebody else's. */
export async function callAsync<T>(call: () => T | Promise<T>): Promise<T> {
  return await call();
}

/** Whatever was thrown, as an Error whose message can be read. Never throws itself: a revoked proxy cannot be asked
 * what it is, an object without prototype has no text, and `message` may be a getter. */
export function toError(thrown: unknown): Error {
  try {
    if (thrown instanceof Error && typeof thrown.message === 'string') return thrown;
  } catch {
    // Then only its text, as far as there is one.
  }
  return new Error(errorMessage(thrown));
}

/** A promise and its resolver, for what ends by a timer or a signal. */
export function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
