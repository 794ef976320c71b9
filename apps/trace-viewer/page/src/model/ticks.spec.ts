import { expect, it } from 'vitest';
import { roundTicks } from './ticks.js';

it('has round steps, whatever the stretch', () => {
  expect(roundTicks(0, 119_000)).toEqual([0, 50_000, 100_000]);
  expect(roundTicks(0, 100)).toEqual([0, 20, 40, 60, 80, 100]);
  expect(roundTicks(133, 147)).toEqual([135, 140, 145]);
  expect(roundTicks(0, 0)).toEqual([]);
  expect(roundTicks(0, NaN)).toEqual([]);
});
