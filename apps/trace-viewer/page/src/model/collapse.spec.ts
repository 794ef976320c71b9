import { describe, expect, it } from 'vitest';
import { collapseAll, collapseOneLevel, expandOneLevel } from './collapse.js';
import { hex, SMALL, treeOf } from './sample.spec.helper.js';

const tree = treeOf(...SMALL);

describe('collapsing', () => {
  it('collapses every span that has children', () => {
    expect(collapseAll(tree)).toEqual(new Set([hex(1), hex(2)]));
  });

  it('expands a level at a time until nothing is collapsed', () => {
    const first = expandOneLevel(tree, collapseAll(tree));
    expect(first).toEqual(new Set([hex(2)]));
    expect(expandOneLevel(tree, first)).toEqual(new Set());
    expect(expandOneLevel(tree, new Set())).toEqual(new Set());
  });

  it('collapses a level at a time, the deepest first', () => {
    const first = collapseOneLevel(tree, new Set());
    expect(first).toEqual(new Set([hex(2)]));
    expect(collapseOneLevel(tree, first)).toEqual(new Set([hex(1), hex(2)]));
  });
});
