import { describe, expect, it } from 'vitest';
import { client, executor, span, T, traceId } from '../build-span.spec.helper.js';
import { summarise } from './summary.js';
import { buildTraceTree } from './tree.js';

const trace = [
  span('a', undefined, { kind: 'SERVER', name: 'post /tasks', at: [0, 40], localEndpoint: client }),
  span('b', 'a', { kind: 'CLIENT', at: [5, 20], localEndpoint: client }),
  span('b', 'a', {
    kind: 'SERVER',
    shared: true,
    at: [6, 90],
    localEndpoint: executor,
    tags: { error: 'x' },
  }),
  span('c', 'b', { at: [10], localEndpoint: executor }),
  span('d', 'b', { at: [11, 1], localEndpoint: executor, tags: { error: '' } }),
  span('e', 'b', { at: [12, 1] }),
];

describe('summarise', () => {
  it('says in one line what a trace holds', () => {
    const summary = summarise(trace);
    expect(summary).toEqual({
      traceId,
      rootService: 'client',
      rootName: 'post /tasks',
      services: [
        { name: 'executor', count: 3 },
        { name: 'client', count: 2 },
      ],
      spanCount: 5,
      errorCount: 2,
      timestamp: T,
      duration: 96,
      openCount: 1,
      missingCount: 0,
      incomplete: false,
    });
    expect(summarise(buildTraceTree(trace))).toEqual(summary);
  });

  it('calls a trace incomplete whose parents are missing', () => {
    expect(summarise([trace[0]!, span('x', 'gone'), span('y', 'gone')])).toMatchObject({
      rootName: 'post /tasks',
      missingCount: 1,
      incomplete: true,
    });
  });

  it('calls a trace incomplete that is a ring', () => {
    expect(summarise([span('x', 'y'), span('y', 'x')])).toMatchObject({ missingCount: 0, incomplete: true });
  });

  it('has no times for a trace without any (L4; differs from Zipkin: no time is no error)', () => {
    const summary = summarise([span('a'), span('b', 'a')]);
    expect(summary).toEqual({
      traceId,
      services: [],
      spanCount: 2,
      errorCount: 0,
      openCount: 0,
      missingCount: 0,
      incomplete: false,
    });
  });

  it('has nothing for nothing', () => {
    expect(summarise([])).toMatchObject({ traceId: '', spanCount: 0, incomplete: false });
  });
});
