import { turns } from './turns.js';

/** Work on a page stops for the application's after this long. A page of 1,000 rows must not be felt. */
const SLICE_MS = 1;

/** What a page is put together with. */
export interface SliceOptions {
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
  /** Lets whatever waits in the event loop run. */
  readonly pause?: () => Promise<void>;
}

const DEFAULTS: Required<SliceOptions> = { now: () => performance.now(), pause: nextTurn };

/** Puts pieces of text together as UTF-8, in slices of time with room for the event loop between them. */
export async function inSlices(
  pieces: Iterable<string | { readonly text: string }>,
  options: SliceOptions = {},
): Promise<Buffer> {
  const buffers: Buffer[] = [];
  let text = '';
  const encode = () => {
    buffers.push(Buffer.from(text));
    text = '';
  };
  const slice = new Slice(options);
  for (const piece of pieces) {
    text += typeof piece === 'string' ? piece : piece.text;
    if (!slice.isOver()) continue;
    // Also encoding a page of megabytes at once would be felt.
    encode();
    await slice.next();
  }
  encode();
  return Buffer.concat(buffers);
}

/** Array.map in slices of time. */
export async function mapInSlices<T, R>(
  items: readonly T[],
  change: (item: T) => R,
  options: SliceOptions = {},
): Promise<readonly R[]> {
  const changed: R[] = [];
  const slice = new Slice(options);
  for (const item of items) {
    changed.push(change(item));
    if (slice.isOver()) await slice.next();
  }
  return changed;
}

/** How long work has gone on without a pause. */
export class Slice {
  readonly #options: Required<SliceOptions>;
  #endMs: number;

  constructor(options: SliceOptions = {}) {
    this.#options = { ...DEFAULTS, ...options };
    this.#endMs = this.#options.now() + SLICE_MS;
  }

  isOver(): boolean {
    return this.#options.now() >= this.#endMs;
  }

  /** Pauses; then the next slice begins. */
  async next(): Promise<void> {
    await this.#options.pause();
    this.#endMs = this.#options.now() + SLICE_MS;
  }
}

/** Lets whatever waits in the event loop run, and other pages that were asked for earlier. */
export function nextTurn(): Promise<void> {
  return turns.next();
}
