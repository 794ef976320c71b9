import { expect, it } from 'vitest';
import { clockTime, dateTime, timeAgo } from './when.js';

it.each([
  [0, 'now'],
  [-3000, 'now'],
  [12_000, '12 s ago'],
  [90_000, '2 min ago'],
  [7_200_000, '2 h ago'],
  [500_000_000, '6 d ago'],
])('says how long %i ms are ago', (ms, text) => {
  expect(timeAgo(1e12 - ms, 1e12)).toBe(text);
});

it('writes local time to the millisecond', () => {
  expect(dateTime(new Date(2026, 10, 22, 8, 5, 9, 7).getTime() * 1000)).toBe('2026-11-22 08:05:09.007');
});

it('writes the time of day, and the day when that is another', () => {
  const at = new Date(2026, 10, 22, 8, 5, 9).getTime();
  expect(clockTime(at * 1000, at + 60_000)).toBe('08:05:09');
  expect(clockTime(at * 1000, at + 86_400_000)).toBe('11-22 08:05:09');
});
