import { describe, expect, it } from 'vitest';
import { hex, SMALL, treeOf } from './sample.spec.helper.js';
import { createSearchIndex, findRows } from './search.js';
import type { Wanted } from './search.js';
import { buildModel } from './trace-model.js';

const tree = treeOf(...SMALL);
const { facts } = buildModel(tree);
const index = createSearchIndex(tree, facts, (row) => facts[row]!.serviceName ?? '');
const find = (wanted: Wanted) => {
  const found = findRows(index, wanted);
  return found && { matches: [...found.matches], keep: [...found.keep], count: found.count };
};

describe('findRows', () => {
  it('finds nothing to show or hide when nothing is asked for', () => {
    expect(find({})).toBeUndefined();
    expect(find({ query: '  ', hiddenServices: new Set(), minDuration: 0 })).toBeUndefined();
  });

  it.each([
    ['a name', 'S3', 3],
    ['a service', 'back', 2],
    ['a tag', 'http.route=/tasks', 3],
    ['a tag’s value', 'PIPE', 2],
    ['an id', hex(4), 2],
    ['several words, wherever each is', 'pipe back', 2],
  ])('finds %s', (_, query, row) => {
    expect(find({ query })).toMatchObject({ count: 1 });
    expect(find({ query })!.matches[row]).toBe(1);
  });

  it('keeps what is above a match', () => {
    expect(find({ query: 'pipe' })).toEqual({ matches: [0, 0, 1, 0], keep: [1, 1, 1, 0], count: 1 });
  });

  it('leaves out services that are off, short spans and what did not fail', () => {
    expect(find({ hiddenServices: new Set(['front']) })!.matches).toEqual([0, 0, 1, 0]);
    expect(find({ minDuration: 200 })!.matches).toEqual([1, 1, 0, 1]);
    expect(find({ onlyErrors: true })!.matches).toEqual([0, 0, 1, 0]);
    expect(find({ onlyErrors: true, hiddenServices: new Set(['back']) })!.count).toBe(0);
  });
});
