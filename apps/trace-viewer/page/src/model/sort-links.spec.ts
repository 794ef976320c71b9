import { expect, it } from 'vitest';
import { sortLinks } from './sort-links.js';

const links = [
  { parent: 'b', child: 'c', callCount: 2 },
  { parent: 'a', child: 'z', callCount: 9 },
  { parent: 'a', child: 'b', callCount: 2, errorCount: 1 },
];
const order = (...options: Parameters<typeof sortLinks> extends [unknown, ...infer R] ? R : never) =>
  sortLinks(links, ...options).map(({ parent, child }) => parent + child);

it('sorts names from a on, numbers from the most on, and turns round when asked', () => {
  expect(order('parent')).toEqual(['ab', 'az', 'bc']);
  expect(order('child')).toEqual(['ab', 'bc', 'az']);
  expect(order('callCount')).toEqual(['az', 'ab', 'bc']);
  expect(order('errorCount')).toEqual(['ab', 'az', 'bc']);
  expect(order('callCount', { isReversed: true })).toEqual(['ab', 'bc', 'az']);
});
