import { setTimeout as delay } from 'node:timers/promises';

/** Asks `condition` every `everyMs` until it is true (resolves true) or `withinMs` have passed (resolves false). */
export async function poll(
  condition: () => boolean | Promise<boolean>,
  options: { readonly withinMs: number; readonly everyMs?: number; readonly signal?: AbortSignal },
): Promise<boolean> {
  const { withinMs, everyMs = 50, signal } = options;
  const deadline = performance.now() + withinMs;
  for (;;) {
    signal?.throwIfAborted();
    if (await condition()) return true;
    if (performance.now() >= deadline) return false;
    // Its own error says only that it was aborted; the signal knows why.
    await delay(everyMs, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
}
