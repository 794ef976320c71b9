import { expect, it } from 'vitest';
import { COLOUR_COUNT, colourOf } from './palette.js';

it('gives a service the colour of its name, whatever came before', () => {
  const names = ['client', 'executor', 'exporter', 'rabbitmq', 'sqlite'];
  const forth = names.map(colourOf);
  expect(names.toReversed().map(colourOf).toReversed()).toEqual(forth);
  // As they are on everybody's screen: a change of these is a change of what people are used to.
  expect(forth).toEqual([14, 8, 2, 20, 28]);
});

it('spreads names over all colours', () => {
  const counts = Array.from({ length: COLOUR_COUNT }, () => 0);
  for (let i = 0; i < 3600; i++) counts[colourOf(`service ${i}`)]!++;
  expect(Math.min(...counts)).toBeGreaterThan(60);
  expect(Math.max(...counts)).toBeLessThan(150);
});
