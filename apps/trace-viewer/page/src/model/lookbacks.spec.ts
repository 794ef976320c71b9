import { expect, it } from 'vitest';
import { readLookback, windowParameters } from './lookbacks.js';

it('asks for everything unless an address says how far to look back', () => {
  expect(readLookback(new URLSearchParams('lookback=900000'))).toBe('900000');
  expect(readLookback(new URLSearchParams('lookback=custom'))).toBe('');
  const all = windowParameters('', 1e12);
  expect(Number(all.endTs) - Number(all.lookback)).toBe(0);
  const some = windowParameters('900000', 1e12);
  expect(Number(some.endTs) - Number(some.lookback)).toBe(1e12 - 900_000);
});
