import { expect, it } from 'vitest';
import { COLOUR_COUNT, createPalette } from './palette.js';

it('gives a service the same colour whatever came before, as long as no other has it', () => {
  const one = createPalette();
  const other = createPalette();
  expect(other.indexOf('executor')).toBe(one.indexOf('executor'));
  expect(one.indexOf('executor')).toBe(one.indexOf('executor'));
});

it('gives as many services different colours as there are colours, and goes on after that', () => {
  const palette = createPalette();
  const indexes = Array.from({ length: COLOUR_COUNT }, (_, i) => palette.indexOf(`service ${i}`));
  expect(new Set(indexes).size).toBe(COLOUR_COUNT);
  expect(palette.indexOf('one more')).toBeLessThan(COLOUR_COUNT);
});
