import { describe, expect, it } from 'vitest';
import { client, executor, span } from '../build-span.spec.helper.js';
import type { Span } from '../span.js';
import { groupSiblings } from './siblings.js';
import { buildTraceTree } from './tree.js';

const childrenOf = (spans: readonly Span[]): ReturnType<typeof buildTraceTree>['roots'] =>
  buildTraceTree([span('r', undefined, { at: [0] }), ...spans.map((one) => ({ ...one, parentId: 'r' }))])
    .roots[0]!.children;
const work = (id: string, start: number, more: Partial<Span> = {}): Span =>
  span(id, undefined, { name: 'count words', at: [start, start], localEndpoint: executor, ...more });

describe('groupSiblings', () => {
  it('puts together what did the same, with sum, greatest and errors', () => {
    const groups = groupSiblings(
      childrenOf([
        work('a', 1),
        span('b', undefined, { name: 'send', kind: 'PRODUCER', at: [2, 7], localEndpoint: executor }),
        work('c', 3, { tags: { error: '' } }),
        work('d', 4, { duration: undefined }),
      ]),
    );
    expect(
      groups.map(({ nodes, ...facts }) => ({ ids: nodes.map(({ span: { id } }) => id).join(''), ...facts })),
    ).toEqual([
      {
        ids: 'acd',
        name: 'count words',
        serviceName: 'executor',
        totalMicros: 4,
        maxMicros: 3,
        errorCount: 1,
      },
      {
        ids: 'b',
        name: 'send',
        serviceName: 'executor',
        kind: 'PRODUCER',
        totalMicros: 7,
        maxMicros: 7,
        errorCount: 0,
      },
    ]);
  });

  it('keeps apart what differs in service, name or kind', () => {
    const siblings = childrenOf([
      work('a', 1),
      work('b', 2, { localEndpoint: client }),
      work('c', 3, { name: 'count lines' }),
      work('d', 4, { kind: 'SERVER' }),
    ]);
    expect(groupSiblings(siblings)).toHaveLength(4);
  });

  it('leaves groups alone that are smaller than asked for, each member in its place', () => {
    const siblings = childrenOf([work('a', 1), work('b', 2, { name: 'other' }), work('c', 3)]);
    const sizes = groupSiblings(siblings, { least: 3 }).map(({ nodes }) =>
      nodes.map(({ span: { id } }) => id),
    );
    expect(sizes).toEqual([['a'], ['b'], ['c']]);
    expect(groupSiblings(siblings, { least: 2 }).map(({ nodes }) => nodes.length)).toEqual([2, 1]);
  });

  it('groups nothing for nothing', () => {
    expect(groupSiblings([])).toEqual([]);
  });
});
