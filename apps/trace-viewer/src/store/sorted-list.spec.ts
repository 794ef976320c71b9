import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SortedList } from './sorted-list.js';

const byNumber = (a: number, b: number): number => a - b;

describe('SortedList', () => {
  it('keeps any course of additions and removals in order', () => {
    const step = fc.record({ add: fc.boolean(), item: fc.nat({ max: 300 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const list = new SortedList(byNumber);
        const model = new Set<number>();
        for (const { add, item } of steps) {
          const was = model.has(item);
          const removed = add ? undefined : list.delete(item);
          expect(removed).toBe(add ? undefined : was);
          if (add && !was) list.add(item);
          if (add) model.add(item);
          else model.delete(item);
        }
        expect([...list.backwards()]).toEqual([...model].toSorted((a, b) => b - a));
        expect(list.size).toBe(model.size);
      }),
    );
  });

  it('stays in order beyond the length of a chunk, whichever way the items come', () => {
    const list = new SortedList(byNumber);
    const numbers = Array.from({ length: 10_000 }, (_, at) => (at * 7919) % 10_000);
    for (const number of numbers) list.add(number);
    expect([...list.backwards()]).toEqual(Array.from({ length: 10_000 }, (_, at) => 9999 - at));
    for (const number of numbers) expect(list.delete(number)).toBe(true);
    expect([...list.backwards()]).toEqual([]);
    expect(list.size).toBe(0);
  });
});
