import { expect, it } from 'vitest';
import { nextRow } from './next-row.js';

it('goes to the next row that fits, round and round, in either direction', () => {
  const fits = (row: number) => row === 1 || row === 4;
  expect(nextRow(6, -1, 1, fits)).toBe(1);
  expect(nextRow(6, 1, 1, fits)).toBe(4);
  expect(nextRow(6, 4, 1, fits)).toBe(1);
  expect(nextRow(6, 6, -1, fits)).toBe(4);
  expect(nextRow(6, 1, -1, fits)).toBe(4);
  expect(nextRow(6, 2, 1, () => false)).toBeUndefined();
  expect(nextRow(0, -1, 1, () => true)).toBeUndefined();
});
