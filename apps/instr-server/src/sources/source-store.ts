import { createHash } from 'node:crypto';
import { ByteLru } from '../store/byte-lru.js';
import type { DiskStore } from '../store/disk-store.js';

/** SHA-256, lower-case hex. */
export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Original sources by their hash, as applications sent them. */
export class SourceStore {
  readonly #memory: ByteLru<string>;
  readonly #disk: DiskStore | undefined;

  constructor({
    maxMemoryBytes,
    disk,
  }: {
    readonly maxMemoryBytes: number;
    readonly disk: DiskStore | undefined;
  }) {
    this.#memory = new ByteLru({ maxBytes: maxMemoryBytes, sizeOf: (text) => 2 * text.length });
    this.#disk = disk;
  }

  get memory(): { readonly bytes: number; readonly entries: number; readonly evicted: number } {
    return { bytes: this.#memory.bytes, entries: this.#memory.size, evicted: this.#memory.evicted };
  }

  async get(hash: string): Promise<string | undefined> {
    const found = this.#memory.get(hash);
    if (found !== undefined) return found;
    const bytes = await this.#disk?.get(diskKey(hash));
    if (bytes === undefined) return undefined;
    const text = bytes.toString();
    this.#memory.set(hash, text);
    return text;
  }

  async has(hash: string): Promise<boolean> {
    return this.#memory.has(hash) || (await this.#disk?.has(diskKey(hash))) === true;
  }

  /** Keeps a source under the hash that the caller has checked. */
  put(hash: string, text: string): void {
    if (this.#memory.has(hash)) return;
    this.#memory.set(hash, text);
    void this.#disk?.put(diskKey(hash), Buffer.from(text));
  }
}

function diskKey(hash: string): string {
  return `source ${hash}`;
}
