import { describe, expect, it } from 'vitest';
import { ArrivalQueue } from './arrival-queue.js';

describe('ArrivalQueue', () => {
  it('gives what came first first, also after many', () => {
    const queue = new ArrivalQueue<number>();
    const taken: (number | undefined)[] = [];
    for (let item = 0; item < 10_000; item++) {
      queue.push(item);
      if (item % 3 !== 0) taken.push(queue.shift());
    }
    while (taken.length < 10_000) taken.push(queue.shift());
    expect(taken).toEqual(Array.from({ length: 10_000 }, (_, item) => item));
    expect(queue.shift()).toBeUndefined();
  });

  it('is empty once cleared', () => {
    const queue = new ArrivalQueue<number>();
    queue.push(1);
    queue.clear();
    expect(queue.shift()).toBeUndefined();
    queue.push(2);
    expect(queue.shift()).toBe(2);
  });
});
