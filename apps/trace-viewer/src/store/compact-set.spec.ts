import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompactSet } from './compact-set.js';

describe('CompactSet', () => {
  it('is a Set in the order of insertion, whatever its size', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 60 }), { maxLength: 200 }), (items) => {
        const set = new CompactSet<number>();
        const model = new Set<number>();
        for (const item of items) {
          expect(set.add(item)).toBe(!model.has(item));
          model.add(item);
        }
        expect(set.items).toEqual([...model]);
        expect(set.size).toBe(model.size);
        expect(set.has(61)).toBe(false);
      }),
    );
  });

  it('starts with an item, if one is given', () => {
    expect(new CompactSet('a').items).toEqual(['a']);
  });
});
