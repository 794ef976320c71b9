/**
 * The JSON of a value, of which the first `length` characters are right: all that a cut to that length needs.
 * Written out in full, an attribute of 30 MB stops the application's `end()` for 300 ms.
 */
export function jsonOf(value: object, length: number): string {
  try {
    return JSON.stringify(new Beginning(length).of(value)) ?? 'undefined';
  } catch {
    return 'unreadable value';
  }
}

/** Copies values as JSON sees them, until the JSON of the copies is long enough. */
class Beginning {
  readonly #length: number;
  readonly #path: unknown[] = [];
  /** How much JSON there is at the least, without what closes it. */
  #written = 0;

  constructor(length: number) {
    this.#length = length;
  }

  of(value: unknown): unknown {
    if (typeof value === 'string') {
      this.#written += Math.min(value.length, this.#length) + 2;
      return value.slice(0, this.#length);
    }
    if (typeof value !== 'object' || value === null) {
      this.#written += 1;
      return value;
    }
    if (this.#path.includes(value)) throw new TypeError('a value that contains itself');
    this.#path.push(value);
    this.#written += 1;
    const copy = this.#copyOf(value);
    this.#path.pop();
    return copy;
  }

  #copyOf(value: object): unknown {
    if (Array.isArray(value) || isListOfNumbers(value)) return this.#list(value as readonly unknown[]);
    if ('toJSON' in value && typeof value.toJSON === 'function') return this.of(value.toJSON() as unknown);
    const copy: [string, unknown][] = [];
    for (const key of Object.keys(value)) {
      if (this.#written > this.#length) break;
      const one = (value as Record<string, unknown>)[key];
      // JSON leaves them out.
      if (one === undefined || typeof one === 'function' || typeof one === 'symbol') continue;
      this.#written += Math.min(key.length, this.#length) + 3;
      copy.push([key.slice(0, this.#length), this.of(one)]);
    }
    return Object.fromEntries(copy);
  }

  #list(list: readonly unknown[]): unknown[] {
    const copy: unknown[] = [];
    for (let i = 0; i < list.length && this.#written <= this.#length; i++) copy.push(this.of(list[i]));
    return copy;
  }
}

/** A Buffer or another view of bytes: its own `toJSON` copies all of it. */
function isListOfNumbers(value: object): boolean {
  return ArrayBuffer.isView(value) && 'length' in value;
}
