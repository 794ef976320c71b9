import { expect, it } from 'vitest';
import { hasItem, itemsOf, sizeOf, withItem, type Few } from './few.js';

it.each([0, 1, 2, 31, 32, 33, 500])(
  'keeps each of %i items once, in the order in which they came',
  (count) => {
    const wanted = Array.from({ length: count }, (_, at) => `item ${(at * 7) % 501}`);
    let few: Few<string>;
    for (const item of [...wanted, ...wanted]) few = withItem(few, item);
    expect(itemsOf(few)).toEqual(wanted);
    expect(sizeOf(few)).toBe(count);
    expect(wanted.every((item) => hasItem(few, item))).toBe(true);
    expect(hasItem(few, 'another')).toBe(false);
    expect(sizeOf(withItem(few, 'another'))).toBe(count + 1);
  },
);
