import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteLru } from './byte-lru.js';

const lru = (maxBytes: number) => new ByteLru<string>({ maxBytes, sizeOf: (text) => text.length });

describe('ByteLru', () => {
  it('forgets what was not used for longest', () => {
    const cache = lru(500);
    for (const key of ['a', 'b', 'c', 'd']) cache.set(key, key);
    cache.get('a');
    cache.set('e', 'e');
    expect(['a', 'b', 'c', 'd', 'e'].filter((key) => cache.has(key))).toEqual(['a', 'c', 'd', 'e']);
    expect(cache.evicted).toBe(1);
  });

  it('does not keep what is larger than everything together', () => {
    const cache = lru(1000);
    cache.set('a', 'a');
    cache.set('b', 'b'.repeat(2000));
    expect([cache.has('a'), cache.has('b')]).toEqual([true, false]);
  });

  it('never takes more than it may, and knows what it has', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(30), fc.nat(400), fc.boolean())),
        fc.integer({ min: 0, max: 2000 }),
        (steps, maxBytes) => {
          const cache = lru(maxBytes);
          for (const [key, length, isDelete] of steps) {
            if (isDelete) cache.delete(`${key}`);
            else cache.set(`${key}`, 'x'.repeat(length));
            expect(cache.bytes).toBeLessThanOrEqual(maxBytes);
          }
          cache.clear();
          expect([cache.bytes, cache.size]).toEqual([0, 0]);
        },
      ),
    );
  });
});
