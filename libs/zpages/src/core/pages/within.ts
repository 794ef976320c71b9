import { Slice } from '../http/in-slices.js';

/** How a list ended: how many of its items found no room. */
export interface Cut {
  readonly omitted: number;
}

/**
 * Yields what `render` makes of each item until `maxBytes` are used up; returns how many items were left out.
 * At least one is always yielded, so that a page never is empty because its first item is large.
 */
export function* within<T, R extends string | { readonly text: string }>(
  items: readonly T[],
  maxBytes: number,
  render: (item: T, index: number) => R,
): Generator<R, Cut> {
  let used = 0;
  for (const [index, item] of items.entries()) {
    const piece = render(item, index);
    used += Buffer.byteLength(typeof piece === 'string' ? piece : piece.text);
    if (used > maxBytes && index > 0) return { omitted: items.length - index };
    yield piece;
  }
  return { omitted: 0 };
}

/** The items whose JSON fits into `maxBytes`, at least one, and how many do not; in slices of time. */
export async function fittingInSlices<T>(
  items: readonly T[],
  maxBytes: number,
): Promise<Cut & { readonly items: readonly T[] }> {
  const kept: T[] = [];
  const pieces = within(items, maxBytes, (item) => JSON.stringify(item));
  const slice = new Slice();
  for (;;) {
    const piece = pieces.next();
    if (piece.done === true) return { items: kept, omitted: piece.value.omitted };
    kept.push(items[kept.length] as T);
    if (slice.isOver()) await slice.next();
  }
}
