import { describe, expect, it } from 'vitest';
import { addToTally, givePlaces, makeTally, withThreads } from './thread-tally.js';
import type { Done } from './thread-tally.js';

const done = (woven: number, missed: number, hookErrors: Done['hookErrors'] = {}): Done => ({
  woven,
  missed,
  hookErrors,
});

describe('what worker threads have done', () => {
  it('is told together with what the main thread has, once', () => {
    const tally = makeTally();
    givePlaces(tally, ['orders', 'prices']);
    expect(withThreads(done(1, 0), tally)).toEqual(done(1, 0));
    const first = done(2, 1, { orders: 3 });
    addToTally(tally, first, undefined);
    addToTally(tally, done(2, 1, { orders: 4, prices: 1 }), first);
    // Another worker.
    addToTally(tally, done(5, 0, { prices: 2 }), undefined);
    expect(withThreads(done(1, 0, { orders: 1 }), tally)).toEqual(done(8, 1, { orders: 5, prices: 3 }));
  });

  it('finds its interceptor when rules have come since, and leaves out what has no place', () => {
    const tally = makeTally(2);
    givePlaces(tally, ['a']);
    const old = { ...tally, names: [...tally.names] };
    givePlaces(tally, ['c', 'a', 'b']);
    addToTally(old, done(0, 0, { a: 1, c: 1 }), undefined);
    addToTally(tally, done(0, 0, { c: 2, b: 1 }), undefined);
    expect(withThreads(done(0, 0), tally)).toEqual(done(0, 0, { a: 1, c: 2 }));
  });

  it('takes names that objects have of themselves', () => {
    const tally = makeTally();
    givePlaces(tally, ['__proto__', 'constructor']);
    const told = JSON.parse('{"__proto__":1,"constructor":2}') as Done['hookErrors'];
    addToTally(tally, done(0, 0, told), undefined);
    const { hookErrors } = withThreads(done(0, 0), tally);
    expect(Object.entries(hookErrors)).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ]);
  });
});
