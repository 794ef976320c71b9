/** Calls a function that should return a promise but may throw, for it is somebody else's. */
export async function callAsync<T>(call: () => T | Promise<T>): Promise<T> {
  return await call();
}

/** Whatever was thrown, as an Error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** A promise and its resolver, for what ends by a timer or a signal. */
export function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
