import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from './errors.ts';

/** Options of `waitReady`. */
export interface ReadyOptions {
  readonly signal: AbortSignal;
  /** Default 60000. */
  readonly deadlineMs?: number;
  /** Default 100. */
  readonly everyMs?: number;
  /** Whether the answer came from who we think; undefined when that cannot be known. Default: not asked. */
  readonly isOurs?: () => Promise<boolean | undefined>;
}

/** `undefined` when it is ready, else what came last. Rejects with the signal's reason. */
export async function waitReady(url: string, options: ReadyOptions): Promise<string | undefined> {
  const { signal, deadlineMs = 60_000, everyMs = 100, isOurs } = options;
  const end = performance.now() + deadlineMs;
  let came = 'no answer';
  let unsure = 0;
  while (performance.now() < end) {
    signal.throwIfAborted();
    came = await ask(url, signal);
    if (came === '200') {
      const ours = isOurs === undefined || (await isOurs());
      if (ours === true) return undefined;
      // Where the owner of a port is unknown, a process that lost it has ended by the third answer.
      if (ours === undefined && (unsure += 1) >= 3) return undefined;
      came = '200 from another process on that port';
    }
    await sleep(everyMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
  return came;
}

async function ask(url: string, signal: AbortSignal): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(2_000)]) });
    const text = await response.text();
    return response.status === 200 ? '200' : `${response.status} ${text.slice(0, 200)}`.trim();
  } catch (error) {
    signal.throwIfAborted();
    return messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
  }
}
