import type { Encoding } from '@distrace/nest-server';
import { sha256 } from '../sources/source-store.js';

/** A text that many get: packed once for each encoding. */
export class Piece {
  readonly text: string;
  readonly sha256: string;
  /** How many files a pack knows of. */
  readonly files: number;
  readonly #packed = new Map<string, Promise<Buffer>>();

  constructor(text: string, { files = 0 }: { readonly files?: number } = {}) {
    this.text = text;
    this.files = files;
    this.sha256 = sha256(text);
  }

  get etag(): string {
    return `"${this.sha256}"`;
  }

  /** The packed form; made by whoever asks first. */
  packed(encoding: Encoding, make: () => Promise<Buffer>): Promise<Buffer> {
    let packed = this.#packed.get(encoding);
    if (packed === undefined) {
      packed = make();
      this.#packed.set(encoding, packed);
      packed.catch(() => this.#packed.delete(encoding));
    }
    return packed;
  }
}
