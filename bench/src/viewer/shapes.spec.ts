import { buildTraceTree } from '@distrace/zipkin';
import { describe, expect, it } from 'vitest';
import { SHAPES, spansOfShape } from './shapes.ts';
import type { Shape } from './shapes.ts';

const treeOf = (shape: Shape) => buildTraceTree(spansOfShape(shape, 1000));
const depthOf = (shape: Shape) => Math.max(...treeOf(shape).rows.depth);

describe('spansOfShape', () => {
  it.each(SHAPES)('%s has as many spans as asked for, in one tree', (shape) => {
    expect(spansOfShape(shape, 1000)).toHaveLength(1000);
    const { roots, size, missingParentIds } = treeOf(shape);
    expect([roots.length, size, missingParentIds]).toEqual([1, shape === 'pieces' ? 500 : 1000, []]);
  });

  it('differs in depth from shape to shape', () => {
    expect(SHAPES.map(depthOf)).toEqual([1, 999, 4, 9, 999, 3]);
  });

  it('cuts a ring, and joins pieces to spans with both a start and an end', () => {
    expect(treeOf('ring').brokenCycleIds).toHaveLength(1);
    const { start, duration } = treeOf('pieces').rows;
    expect([...start, ...duration].some(Number.isNaN)).toBe(false);
  });
});
