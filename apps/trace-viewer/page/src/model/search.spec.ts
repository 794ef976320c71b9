import { describe, expect, it } from 'vitest';
import { hex, SMALL, span, treeOf } from './sample.spec.helper.js';
import { createSearchIndex, findRows, rankOf } from './search.js';
import type { Wanted } from './search.js';
import { buildModel } from './trace-model.js';

const tree = treeOf(...SMALL);
const index = createSearchIndex(buildModel(tree));
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
    expect(find({ hiddenServices: new Set(['front', 'back']) })!.count).toBe(0);
    expect(find({ minDuration: 200 })!.matches).toEqual([1, 1, 0, 1]);
    expect(find({ onlyErrors: true })!.matches).toEqual([0, 0, 1, 0]);
    expect(find({ onlyErrors: true, hiddenServices: new Set(['back']) })!.count).toBe(0);
  });

  it('keeps a row as long as one of those who recorded it is on', () => {
    const halves = treeOf(
      span(1, undefined, { kind: 'CLIENT' }),
      span(1, undefined, { kind: 'SERVER', shared: true, localEndpoint: { serviceName: 'back' } }),
    );
    const both = createSearchIndex(buildModel(halves));
    expect(findRows(both, { hiddenServices: new Set(['back']) })!.count).toBe(1);
    expect(findRows(both, { hiddenServices: new Set(['back', 'front']) })!.count).toBe(0);
  });

  it('numbers matches from the first on', () => {
    const found = findRows(index, { query: 'front' })!;
    expect([0, 1, 3].map((row) => rankOf(found, row))).toEqual([1, 2, 3]);
  });
});
