import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import type { Provisions } from './provisions.js';
import type { Place } from './session.js';
import type { Tally } from './thread-tally.js';

/** What the main thread has fetched and checked, for its workers: they make no request at their start. */
export interface ThreadShare extends Place {
  readonly provisions: Provisions;
  /** See `switch-board.ts`. */
  readonly switches: SharedArrayBuffer;
  readonly tally: Tally;
}

const KEY = 'distrace.agent';

/** For workers started from now on. */
export function shareWithThreads(share: ThreadShare): void {
  setEnvironmentData(KEY, share as never);
}

/** In a worker; undefined when the main thread has nothing to follow. */
export function sharedByMainThread(): ThreadShare | undefined {
  return getEnvironmentData(KEY) as unknown as ThreadShare | undefined;
}
