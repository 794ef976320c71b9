import { ByteLru } from '../store/byte-lru.js';
import type { DiskStore } from '../store/disk-store.js';
import { decodeOutcome, encodeOutcome, type Outcome } from './outcome.js';

/** A result and, once it was sent, the bytes of the answer to the next who asks. */
export interface StoredResult {
  readonly outcome: Outcome;
  answer?: Buffer;
}

/** Options of {@link ResultStore}. */
export interface ResultStoreOptions {
  readonly maxMemoryBytes: number;
  readonly disk: DiskStore | undefined;
  readonly now: () => number;
}

/** Milliseconds for which a source that ran out of time or memory is not tried again. */
export const LIMIT_REMEMBERED_MS = 10 * 60 * 1000;

/** Results by key: in memory, and on the disk when there is one. */
export class ResultStore {
  readonly #memory: ByteLru<StoredResult & { readonly untilMs: number }>;
  readonly #options: ResultStoreOptions;

  constructor(options: ResultStoreOptions) {
    this.#options = options;
    // Once for the result, once for the signed answer that is kept beside it.
    this.#memory = new ByteLru({
      maxBytes: options.maxMemoryBytes,
      sizeOf: ({ outcome }) => ('edits' in outcome ? 4 * outcome.edits.length : 500),
    });
  }

  get memory(): { readonly bytes: number; readonly entries: number; readonly evicted: number } {
    return { bytes: this.#memory.bytes, entries: this.#memory.size, evicted: this.#memory.evicted };
  }

  /** What is in memory. */
  peek(key: string): StoredResult | undefined {
    const found = this.#memory.get(key);
    if (found === undefined || found.untilMs > this.#options.now()) return found;
    this.#memory.delete(key);
    return undefined;
  }

  async get(key: string): Promise<StoredResult | undefined> {
    const found = this.peek(key);
    if (found) return found;
    const bytes = await this.#options.disk?.get(diskKey(key));
    const outcome = bytes && decodeOutcome(bytes);
    return outcome && this.#remember(key, outcome);
  }

  async has(key: string): Promise<boolean> {
    return this.peek(key) !== undefined || (await this.#options.disk?.has(diskKey(key))) === true;
  }

  put(key: string, outcome: Outcome): StoredResult {
    const isLasting = outcome.status !== 'refused' || outcome.kind === 'source';
    if (isLasting) void this.#options.disk?.put(diskKey(key), encodeOutcome(outcome));
    return this.#remember(key, outcome, isLasting ? Infinity : this.#options.now() + LIMIT_REMEMBERED_MS);
  }

  #remember(key: string, outcome: Outcome, untilMs = Infinity): StoredResult {
    const stored = { outcome, untilMs };
    this.#memory.set(key, stored);
    return stored;
  }
}

function diskKey(key: string): string {
  return `result ${key}`;
}
