import { describe, expect, it } from 'vitest';
import { interleave, measure, median, quantile, rowsOf } from './measure.ts';

describe('interleave', () => {
  it('lets the variants take turns, and does not count the first two rounds', async () => {
    const order: string[] = [];
    const samples = await interleave(['a', 'b'], {
      rounds: 2,
      run: (name) => Promise.resolve(order.push(name)),
    });
    expect(order.join('')).toBe('abababab');
    expect([...samples]).toEqual([
      ['a', [5, 7]],
      ['b', [6, 8]],
    ]);
  });
});

describe('rowsOf', () => {
  it('gives medians and what they are of the first', () => {
    const samples = new Map([
      ['none', [1, 9, 2]],
      ['some', [300, 5, 500.4]],
    ]);
    expect(rowsOf('b', { unit: 'u', samples })).toEqual([
      { bench: 'b', variant: 'none', unit: 'u', median: 2, ratioToNone: 1 },
      { bench: 'b', variant: 'some', unit: 'u', median: 300, ratioToNone: 150 },
    ]);
  });

  it('compares to nothing where nothing costs nothing', () => {
    const samples = new Map([
      ['none', [0]],
      ['some', [0.123]],
    ]);
    expect(rowsOf('b', { unit: 'u', samples })[1]).toMatchObject({ median: 0.12, ratioToNone: 0 });
  });
});

describe('measure', () => {
  it('calls each variant as often as it is told', async () => {
    const calls: number[] = [];
    await measure('b', [{ name: 'none', run: (times) => void calls.push(times) }], { times: 3, rounds: 1 });
    expect(calls).toEqual([3, 3, 3]);
  });
});

it('takes the upper one of two middle values', () => {
  expect(median([4, 1, 3, 2])).toBe(3);
  expect(median([])).toBe(0);
});

it('says below what a share of the values lie', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(quantile(values, 0.95)).toBe(95);
  expect(quantile([7], 0.95)).toBe(7);
  expect(quantile([], 0.95)).toBe(0);
});
