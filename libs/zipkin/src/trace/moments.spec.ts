import { describe, expect, it } from 'vitest';
import { client, executor, span, T } from '../build-span.spec.helper.js';
import { momentsOf } from './moments.js';
import type { Moment } from './moments.js';
import { buildTraceTree } from './tree.js';

/** Moments as `offset text`, a derived one in brackets. */
const textOf = (moments: readonly Moment[]): string[] =>
  moments.map(({ timestamp, value, derived }) => `${timestamp - T} ${derived ? `[${value}]` : value}`);
const momentsIn = (...spans: Parameters<typeof buildTraceTree>[0]): Moment[] =>
  momentsOf(buildTraceTree(spans).nodes[0]!);

describe('momentsOf', () => {
  it('puts the ends of both halves and their annotations in order (L1)', () => {
    const moments = momentsIn(
      span('a', undefined, { kind: 'CLIENT', at: [0, 207], localEndpoint: client }),
      span('a', undefined, {
        kind: 'SERVER',
        shared: true,
        at: [10, 190],
        localEndpoint: executor,
        annotations: [{ timestamp: T + 50, value: 'half way' }],
      }),
    );
    expect(textOf(moments)).toEqual([
      '0 [Client Start]',
      '10 [Server Start]',
      '50 half way',
      '200 [Server Finish]',
      '207 [Client Finish]',
    ]);
    expect(moments.map(({ endpoint }) => endpoint?.serviceName)).toEqual([
      'client',
      'executor',
      'executor',
      'executor',
      'client',
    ]);
  });

  it('has no end for an unfinished half, and only annotations for local work', () => {
    expect(textOf(momentsIn(span('a', undefined, { kind: 'PRODUCER', at: [0] })))).toEqual([
      '0 [Producer Start]',
    ]);
    const local = span('a', undefined, {
      at: [0, 5],
      annotations: [{ timestamp: T + 1, value: 'x', endpoint: executor }],
    });
    expect(momentsIn(local)).toEqual([{ timestamp: T + 1, value: 'x', endpoint: executor, derived: false }]);
    expect(momentsIn(span('a'))).toEqual([]);
  });
});
