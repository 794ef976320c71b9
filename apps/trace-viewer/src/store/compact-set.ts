/** From here on `includes` over an array costs more than the memory of a Set. */
const SET_FROM = 32;

/**
 * A set that keeps insertion order and costs next to nothing while it is small. Most traces have a dozen spans and
 * names; a `Set` for each takes more memory than what is in it.
 */
export class CompactSet<T> {
  #items: T[];
  #index: Set<T> | undefined;

  constructor(first?: T) {
    this.#items = first === undefined ? [] : [first];
  }

  get size(): number {
    return this.#items.length;
  }

  has(item: T): boolean {
    return this.#index?.has(item) ?? this.#items.includes(item);
  }

  /** Adds an item; false when it was there. */
  add(item: T): boolean {
    if (this.has(item)) return false;
    // A push grows an array by at least 16 places, a literal by one.
    if (this.#items.length < SET_FROM) this.#items = [...this.#items, item];
    else this.#items.push(item);
    if (this.#index) this.#index.add(item);
    else if (this.#items.length >= SET_FROM) this.#index = new Set(this.#items);
    return true;
  }

  /** The items in the order in which they came; not to be changed. */
  get items(): readonly T[] {
    return this.#items;
  }
}
