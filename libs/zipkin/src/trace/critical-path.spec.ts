import { describe, expect, it } from 'vitest';
import { client, executor, span, T } from '../build-span.spec.helper.js';
import type { Span } from '../span.js';
import { criticalPath } from './critical-path.js';
import type { CriticalPathOptions } from './critical-path.js';
import { buildTraceTree } from './tree.js';

/** The path as `id from-to`, counted from T. */
const pathOf = (spans: readonly Span[], options?: CriticalPathOptions): string => {
  const tree = buildTraceTree(spans);
  return criticalPath(tree, options)
    .map(({ row, start, end }) => `${tree.nodes[row]!.span.id} ${start - T}-${end - T}`)
    .join(', ');
};

describe('criticalPath', () => {
  it('is the root alone when it waits for nobody', () => {
    expect(pathOf([span('a', undefined, { at: [0, 10] })])).toBe('a 0-10');
  });

  it('goes through the child that finished last, and through the one before it', () => {
    const spans = [
      span('a', undefined, { at: [0, 100] }),
      span('b', 'a', { at: [10, 20] }),
      span('c', 'a', { at: [10, 35] }),
      span('d', 'a', { at: [50, 40] }),
      span('e', 'd', { at: [60, 10] }),
    ];
    expect(pathOf(spans)).toBe('a 0-10, c 10-45, a 45-50, d 50-60, e 60-70, d 70-90, a 90-100');
  });

  it('passes over a child that ran beside a later one', () => {
    const spans = [
      span('a', undefined, { at: [0, 100] }),
      span('b', 'a', { at: [10, 60] }),
      span('c', 'a', { at: [50, 40] }),
    ];
    expect(pathOf(spans)).toBe('a 0-50, c 50-90, a 90-100');
  });

  it('takes the longest of children that finished together', () => {
    const spans = [
      span('a', undefined, { at: [0, 100] }),
      span('b', 'a', { at: [10, 90] }),
      span('c', 'a', { at: [50, 200] }),
    ];
    expect(pathOf(spans)).toBe('a 0-10, b 10-100');
  });

  it('counts of a child only what lies within its parent', () => {
    const spans = [
      span('a', undefined, { at: [10, 50] }),
      span('b', 'a', { at: [0, 20] }),
      span('c', 'a', { at: [40, 90] }),
      span('d', 'a', { at: [70, 10] }),
    ];
    expect(pathOf(spans)).toBe('b 10-20, a 20-40, c 40-60');
  });

  it('does not wait for consumers', () => {
    const spans = [
      span('a', undefined, { at: [0, 20] }),
      span('b', 'a', { kind: 'PRODUCER', at: [5, 5] }),
      span('c', 'b', { kind: 'CONSUMER', at: [8, 1] }),
      span('d', 'a', { kind: 'CONSUMER', at: [12, 6] }),
    ];
    expect(pathOf(spans)).toBe('a 0-5, b 5-10, a 10-20');
  });

  it('follows messages to the end of the last one if asked to', () => {
    const spans = [
      span('a', undefined, { at: [0, 20] }),
      span('b', 'a', { kind: 'PRODUCER', at: [5, 5] }),
      span('c', 'b', { kind: 'CONSUMER', at: [13, 30] }),
      span('d', 'c', { at: [20, 10] }),
    ];
    expect(pathOf(spans, { followAsync: true })).toBe('a 0-5, b 5-13, c 13-20, d 20-30, c 30-43');
  });

  it('lets an unfinished span last as long as its other half and what it waits for', () => {
    expect(pathOf([span('a', undefined, { at: [0] }), span('b', 'a', { at: [5, 10] })])).toBe(
      'a 0-5, b 5-15',
    );
    const halves = [
      span('a', undefined, { kind: 'CLIENT', at: [0], localEndpoint: client }),
      span('a', undefined, { kind: 'SERVER', shared: true, at: [2, 9], localEndpoint: executor }),
    ];
    expect(pathOf(halves)).toBe('a 0-11');
  });

  it('has nothing to say of nothing, of a root without a start and of one without a duration', () => {
    expect(pathOf([])).toBe('');
    expect(pathOf([span('a'), span('b', 'a', { at: [0, 5] })])).toBe('');
    expect(pathOf([span('a', undefined, { at: [0] })])).toBe('');
  });

  it('does not break where a child took no time', () => {
    expect(pathOf([span('a', undefined, { at: [0, 9] }), span('b', 'a', { at: [4] })])).toBe('a 0-9');
  });

  it('steps over children without a time', () => {
    expect(
      pathOf([span('a', undefined, { at: [0, 9] }), span('b', 'a'), span('c', 'b', { at: [1, 2] })]),
    ).toBe('a 0-9');
  });

  it('follows a chain of 50,000 spans', () => {
    const chain = Array.from({ length: 50_000 }, (_, i) =>
      span(`${i}`, i === 0 ? undefined : `${i - 1}`, { at: [i, 200_000 - 2 * i] }),
    );
    expect(criticalPath(buildTraceTree(chain))).toHaveLength(2 * 50_000 - 1);
  });
});
