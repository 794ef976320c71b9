import { AsyncLocalStorage } from 'node:async_hooks';

/** A page that is being made, for whoever still waits for it. */
export interface PageInWork {
  /** Pages that were asked for earlier go first. */
  readonly order: number;
  /** Aborted when nobody waits for the page any more; its work ends at the next pause. */
  readonly signal: AbortSignal;
}

interface Waiter extends PageInWork {
  readonly go: () => void;
  readonly stop: (reason: unknown) => void;
}

const NEVER = new AbortController().signal;

/**
 * Gives the work on pages its turns: one slice per turn of the event loop, whoever many ask, so that a hundred
 * readers hold up the application no longer than one does. The page that was asked for first is finished first.
 * A page that waits for something else holds up no other.
 */
export class Turns {
  readonly #schedule: (run: () => void) => void;
  readonly #current = new AsyncLocalStorage<PageInWork>();
  /** By order; those that have none come first. */
  readonly #waiting: Waiter[] = [];
  #isScheduled = false;

  constructor(schedule: (run: () => void) => void = setImmediate) {
    this.#schedule = schedule;
  }

  /** Runs `work`; {@link next} within it waits as a part of this page. */
  run<T>(page: PageInWork, work: () => T): T {
    return this.#current.run(page, work);
  }

  /** Waits until it is this page's turn. Rejects with the reason of its signal once nobody waits for it. */
  next(): Promise<void> {
    const { order, signal } = this.#current.getStore() ?? { order: 0, signal: NEVER };
    return new Promise((go, stop) => {
      const at = this.#waiting.findLastIndex((other) => other.order <= order) + 1;
      this.#waiting.splice(at, 0, { order, signal, go, stop });
      this.#wake();
    });
  }

  #wake(): void {
    if (this.#isScheduled || this.#waiting.length === 0) return;
    this.#isScheduled = true;
    this.#schedule(() => {
      this.#isScheduled = false;
      this.#giveTurn();
      this.#wake();
    });
  }

  #giveTurn(): void {
    for (let first = this.#waiting.shift(); first !== undefined; first = this.#waiting.shift()) {
      if (!first.signal.aborted) return first.go();
      first.stop(first.signal.reason);
    }
  }
}

/** Those of this process: its event loop is one. */
export const turns = new Turns();
