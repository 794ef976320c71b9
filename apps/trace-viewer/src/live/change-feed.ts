/** What happened in the store since the last time somebody was told. */
export interface Change {
  /** Trace ids with new spans, at most {@link MAX_CHANGED}. */
  readonly changed: readonly string[];
  /** Whether more traces have changed than `changed` names. */
  readonly more: boolean;
  /** Whether everything was removed, before what `changed` names came. */
  readonly cleared: boolean;
}

/** Most ids that one change names. Whoever is told of more had better look at the list. */
export const MAX_CHANGED = 100;

/** Options of {@link ChangeFeed}. */
export interface ChangeFeedOptions {
  /** Milliseconds for which changes are gathered before they are told. Default 250. */
  readonly gatherMs?: number;
  readonly setTimer?: (callback: () => void, delayMs: number) => void;
}

/** Gathers changes and tells them together: 50,000 spans a second are four notices, not 50,000. */
export class ChangeFeed {
  readonly #gatherMs: number;
  readonly #setTimer: (callback: () => void, delayMs: number) => void;
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #changed = new Set<string>();
  #more = false;
  #cleared = false;
  #waiting = false;

  constructor({ gatherMs = 250, setTimer = unrefTimer }: ChangeFeedOptions = {}) {
    this.#gatherMs = gatherMs;
    this.#setTimer = setTimer;
  }

  /** Tells the listener of changes until the returned function is called. */
  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  changed(traces: readonly { readonly id: string }[]): void {
    if (this.#listeners.size === 0) return;
    for (const { id } of traces) {
      if (this.#changed.size < MAX_CHANGED) this.#changed.add(id);
      else if (!this.#changed.has(id)) {
        this.#more = true;
        break;
      }
    }
    this.#tellSoon();
  }

  cleared(): void {
    if (this.#listeners.size === 0) return;
    this.#changed.clear();
    this.#more = false;
    this.#cleared = true;
    this.#tellSoon();
  }

  #tellSoon(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.#setTimer(() => this.#tell(), this.#gatherMs);
  }

  #tell(): void {
    this.#waiting = false;
    const change: Change = { changed: [...this.#changed], more: this.#more, cleared: this.#cleared };
    this.#changed.clear();
    this.#more = false;
    this.#cleared = false;
    for (const listener of this.#listeners) listener(change);
  }
}

function unrefTimer(callback: () => void, delayMs: number): void {
  setTimeout(callback, delayMs).unref();
}
