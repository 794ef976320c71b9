/** Options of {@link ByteLru}. */
export interface ByteLruOptions<V> {
  /** The sum of all sizes never exceeds it. */
  readonly maxBytes: number;
  /** Bytes that a value takes; its key is counted on top. */
  sizeOf(value: V): number;
}

// What a Map entry, its key's header and the like take; without it a million tiny entries would look like nothing.
const ENTRY_BYTES = 120;

/** A map that forgets what was not used for longest, so that it stays below so many bytes. */
export class ByteLru<V> {
  readonly #entries = new Map<string, { readonly value: V; readonly bytes: number }>();
  readonly #options: ByteLruOptions<V>;
  #bytes = 0;
  #evicted = 0;

  constructor(options: ByteLruOptions<V>) {
    this.#options = options;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Entries that made room for others. */
  get evicted(): number {
    return this.#evicted;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Keeps a value; one that is larger than everything together is not kept. */
  set(key: string, value: V): void {
    this.delete(key);
    const bytes = ENTRY_BYTES + 2 * key.length + this.#options.sizeOf(value);
    if (bytes > this.#options.maxBytes) return;
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#options.maxBytes) break;
      this.delete(oldest);
      this.#evicted += 1;
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#bytes -= entry.bytes;
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }
}
