import { expect, it } from 'vitest';
import { parseDuration } from './duration-text.js';

it.each([
  ['250us', 250],
  ['250 µs', 250],
  ['10ms', 10_000],
  ['1.5s', 1_500_000],
  ['1,5 S', 1_500_000],
  ['2m', 120_000_000],
  ['7', 7000],
  ['', undefined],
  ['fast', undefined],
  ['10 parsecs', undefined],
  ['-1s', undefined],
  ['1constructor', undefined],
])('reads "%s"', (text, micros) => {
  expect(parseDuration(text)).toBe(micros);
});
