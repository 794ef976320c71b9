import { errorText } from './text.js';

/** Exceptions that zPages caught of its own, so that they reached nobody: the page shows them. */
export class InternalErrors {
  #count = 0;
  #last: string | undefined;

  get count(): number {
    return this.#count;
  }

  get last(): string | undefined {
    return this.#last;
  }

  /** Never throws. */
  note(error: unknown): void {
    this.#count++;
    this.#last = errorText(error);
  }
}
