/** From here on `includes` over an array costs more than the memory of a Set. */
const SET_FROM = 32;

/**
 * A set that keeps insertion order, in as little memory as it can: nothing, the one item itself, an array, and only
 * when there are many a Set. Most traces have a dozen spans and names, many have one; a `Set` for each takes more than
 * what is in it. Items must not be arrays.
 */
export type Few<T> = undefined | T | readonly T[] | Many<T>;

class Many<T> {
  readonly items: T[];
  readonly index: Set<T>;

  constructor(items: readonly T[]) {
    this.items = [...items];
    this.index = new Set(items);
  }
}

/** The set with one item more; the very same set when it was there. The old one must not be used any more. */
export function withItem<T>(few: Few<T>, item: T): Few<T> {
  if (few === undefined) return item;
  if (few instanceof Many) {
    if (!few.index.has(item)) {
      few.index.add(item);
      few.items.push(item);
    }
    return few;
  }
  if (!Array.isArray(few)) return few === item ? few : [few as T, item];
  if (few.includes(item)) return few;
  // A push, and a literal with a spread, make room for 16 more.
  const items = (few as readonly T[]).concat([item]);
  return items.length < SET_FROM ? items : new Many(items);
}

/** How many items are in it. */
export function sizeOf<T>(few: Few<T>): number {
  if (few === undefined) return 0;
  if (few instanceof Many) return few.items.length;
  return Array.isArray(few) ? few.length : 1;
}

/** The items in the order in which they came; not to be changed. */
export function itemsOf<T>(few: Few<T>): readonly T[] {
  if (few === undefined) return [];
  if (few instanceof Many) return few.items;
  return Array.isArray(few) ? (few as readonly T[]) : [few as T];
}

/** Whether an item is in it. */
export function hasItem<T>(few: Few<T>, item: T): boolean {
  if (few instanceof Many) return few.index.has(item);
  return Array.isArray(few) ? few.includes(item) : few === item && item !== undefined;
}
