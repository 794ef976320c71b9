import { expect, it } from 'vitest';
import { minimapStrokes } from './minimap.js';
import { SMALL, span, treeOf } from './sample.spec.helper.js';
import { buildModel } from './trace-model.js';

it('draws every row of a small trace at its time, errors last', () => {
  const strokes = minimapStrokes(buildModel(treeOf(...SMALL)), 1000, 40);
  expect(strokes.map(({ row, x, width }) => [row, x, width])).toEqual([
    [0, 0, 1000],
    [1, 100, 500],
    [3, 700, 200],
    [2, 150, 100],
  ]);
  expect(strokes.at(-1)!.isError).toBe(true);
});

it('draws what would cover the same pixels once, but every error', () => {
  const spans = [
    span(1, undefined, { took: 1000 }),
    ...Array.from({ length: 5000 }, (_, i) =>
      span(i + 2, 1, { at: 500, took: 10, ...(i === 4000 && { tags: { error: '' } }) }),
    ),
  ];
  const strokes = minimapStrokes(buildModel(treeOf(...spans)), 1000, 50);
  expect(strokes.length).toBeLessThan(110);
  expect(strokes.filter(({ isError }) => isError)).toHaveLength(1);
});

it('leaves out what has no time', () => {
  expect(
    minimapStrokes(
      buildModel(treeOf({ traceId: 'aa'.padStart(16, '0'), id: '1'.padStart(16, '0') })),
      100,
      10,
    ),
  ).toEqual([]);
});
