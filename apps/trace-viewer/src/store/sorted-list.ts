/** Longer chunks are split: an insertion moves at most this many places. */
const MAX_CHUNK = 1024;

/** Says which of two items comes first; 0 for the same item only. */
export type Compare<T> = (a: T, b: T) => number;

/** Items in order, as chunks, so that an insertion among half a million moves a thousand places at most. */
export class SortedList<T> {
  readonly #compare: Compare<T>;
  #chunks: T[][] = [];
  #size = 0;

  constructor(compare: Compare<T>) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  add(item: T): void {
    this.#size += 1;
    const at = Math.min(this.#chunkFor(item), this.#chunks.length - 1);
    const chunk = this.#chunks[at];
    if (chunk === undefined) {
      this.#chunks.push([item]);
      return;
    }
    const place = this.#placeIn(chunk, item);
    if (place === MAX_CHUNK && at === this.#chunks.length - 1) {
      // What comes in order, as most does, fills chunk after chunk; halves would stay half empty.
      this.#chunks.push([item]);
      return;
    }
    chunk.splice(place, 0, item);
    if (chunk.length > MAX_CHUNK) this.#chunks.splice(at + 1, 0, chunk.splice(chunk.length / 2));
  }

  /** Removes an item whose place in the order has not changed since it was added; false when it is not there. */
  delete(item: T): boolean {
    const at = this.#chunkFor(item);
    const chunk = this.#chunks[at];
    if (chunk === undefined) return false;
    const place = this.#placeIn(chunk, item);
    const found = chunk[place];
    if (found === undefined || this.#compare(found, item) !== 0) return false;
    chunk.splice(place, 1);
    if (chunk.length === 0) this.#chunks.splice(at, 1);
    this.#size -= 1;
    return true;
  }

  clear(): void {
    this.#chunks = [];
    this.#size = 0;
  }

  /** From the last to the first. The list must not change meanwhile. */
  *backwards(): Generator<T> {
    for (let at = this.#chunks.length - 1; at >= 0; at--) {
      const chunk = this.#chunks[at]!;
      for (let place = chunk.length - 1; place >= 0; place--) yield chunk[place]!;
    }
  }

  /** The first chunk whose last item does not come before this one. */
  #chunkFor(item: T): number {
    return firstWhere(this.#chunks.length, (at) => this.#compare(this.#chunks[at]!.at(-1)!, item) >= 0);
  }

  #placeIn(chunk: readonly T[], item: T): number {
    return firstWhere(chunk.length, (at) => this.#compare(chunk[at]!, item) >= 0);
  }
}

/** The first index that fits, when all after it do too; `length` when none does. */
function firstWhere(length: number, fits: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (fits(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
