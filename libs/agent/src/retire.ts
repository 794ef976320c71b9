import type { BundleHandle } from '@distrace/instrumentation/runtime';
import type { Log } from './log.js';

export interface RetireOptions {
  readonly log: Pick<Log, 'info' | 'debug'>;
  /** Keeps no process alive. */
  readonly setTimer: (fn: () => void, ms: number) => { unref(): unknown };
}

const LOOK_EVERY_MS = 500;
const LOOKS = 60;
const SHUTDOWN_MS = 5000;

/** Bundles that another has followed, until the spans that were open in them have ended. */
export class Retired {
  readonly #options: RetireOptions;
  readonly #handles = new Set<BundleHandle>();

  constructor(options: RetireOptions) {
    this.#options = options;
  }

  /** What may still have spans. */
  get handles(): readonly BundleHandle[] {
    return [...this.#handles];
  }

  /** Shut down when its last span has ended, after 30 s at the latest. */
  add(handle: BundleHandle): void {
    this.#handles.add(handle);
    this.#look(handle, LOOKS);
  }

  #look(handle: BundleHandle, looks: number): void {
    const { log, setTimer } = this.#options;
    const open = handle.openSpans?.() ?? 0;
    if (open > 0 && looks > 0) {
      setTimer(() => this.#look(handle, looks - 1), LOOK_EVERY_MS).unref();
      return;
    }
    const seconds = (LOOKS * LOOK_EVERY_MS) / 1000;
    if (open > 0)
      log.info(`${open} spans of the helper bundle before were open for ${seconds} s and are lost`);
    else log.debug(() => 'the helper bundle before has ended its spans');
    void handle
      .shutdown(SHUTDOWN_MS)
      .catch(() => undefined)
      .finally(() => this.#handles.delete(handle));
  }
}
