import { expect, it } from 'vitest';
import { keepNearest } from './keep-nearest.js';
import { hex, SMALL, span, treeOf } from './sample.spec.helper.js';

it('keeps the spans nearest the root, whole levels before deeper ones', () => {
  const kept = keepNearest(treeOf(...SMALL), 3);
  expect(kept.map(({ id }) => id)).toEqual([hex(1), hex(2), hex(3)]);
});

it('keeps all halves of a span, and no child without its parent', () => {
  const chain = Array.from({ length: 100 }, (_, i) => span(i + 1, i === 0 ? undefined : i));
  const half = span(1, undefined, { kind: 'SERVER', shared: true, localEndpoint: { serviceName: 'back' } });
  const kept = keepNearest(treeOf(...chain, half), 40);
  expect(kept).toHaveLength(41);
  expect(treeOf(...kept).missingParentIds).toEqual([]);
});
