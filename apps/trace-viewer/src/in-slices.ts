/** Work stops for whatever waits in the event loop after this long. */
const SLICE_MS = 5;

/** What slices are cut with. */
export interface SliceOptions {
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
  /** Lets whatever waits in the event loop run. */
  readonly pause?: () => Promise<void>;
}

/** Says after each small piece of work whether it is time for {@link Slicer.pause}. */
export class Slicer {
  readonly #now: () => number;
  readonly #pause: () => Promise<void>;
  #startedAt: number;

  constructor({ now = () => performance.now(), pause = nextTurn }: SliceOptions = {}) {
    this.#now = now;
    this.#pause = pause;
    this.#startedAt = now();
  }

  get isOver(): boolean {
    return this.#now() - this.#startedAt >= SLICE_MS;
  }

  async pause(): Promise<void> {
    await this.#pause();
    this.#startedAt = this.#now();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
