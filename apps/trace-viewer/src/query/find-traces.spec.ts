import type { Span } from '@distrace/zipkin';
import { describe, expect, it } from 'vitest';
import { hex, span, storeOf, timed } from '../store/store.spec.helper.js';
import { findTraces } from './find-traces.js';
import { readTraceQuery } from './trace-query.js';

const NOW = 100_000; // ms

async function find(spans: readonly Span[], query = ''): Promise<string[]> {
  const parsed = readTraceQuery(new URLSearchParams(query), { nowMs: NOW, lookbackMs: 50_000 });
  return (await findTraces(storeOf(spans), parsed)).map(({ id }) => id);
}

const at = (ms: number): number => ms * 1000;
const spans: readonly Span[] = [
  timed(1, 1, at(90_000), { name: 'get', duration: 10, tags: { 'http.method': 'GET' } }),
  timed(1, 2, at(90_001), {
    parentId: hex(1),
    name: 'query',
    duration: 500,
    localEndpoint: { serviceName: 'executor' },
    remoteEndpoint: { serviceName: 'db' },
    tags: { error: '', 'http.method': 'POST' },
  }),
  timed(2, 1, at(95_000), { name: 'post', annotations: [{ timestamp: at(95_000), value: 'cache miss' }] }),
  timed(3, 1, at(10_000), { name: 'old' }),
];

describe('findTraces', () => {
  it.each([
    ['', [2, 1]],
    ['limit=1', [2]],
    ['lookback=95000', [2, 1, 3]],
    ['endTs=94999', [1]],
    ['endTs=95000&lookback=1', [2]],
    ['serviceName=client', [2, 1]],
    ['serviceName=EXECUTOR', [1]],
    ['serviceName=nobody', []],
    ['spanName=query', [1]],
    ['spanName=all', [2, 1]],
    ['serviceName=client&spanName=query', []],
    ['serviceName=executor&spanName=Query', [1]],
    ['remoteServiceName=db', [1]],
    ['serviceName=client&remoteServiceName=db', []],
    ['annotationQuery=error', [1]],
    ['annotationQuery=cache+miss', [2]],
    ['annotationQuery=http.method%3DPOST+and+error', [1]],
    ['annotationQuery=http.method%3DPUT', []],
    ['annotationQuery=error%3D', [1]],
    ['serviceName=client&annotationQuery=error', []],
    ['serviceName=client&annotationQuery=http.method%3DPOST', []],
    ['minDuration=500', [1]],
    ['minDuration=20&maxDuration=499', []],
    ['serviceName=client&minDuration=20', []],
    ['annotationQuery=toString', []],
    ['serviceName=&spanName=&annotationQuery=&limit=', [2, 1]],
  ])('finds by %j', async (query, found) => {
    expect(await find(spans, query)).toEqual(found.map(hex));
  });

  it('goes by the start of the root, not of the earliest span, as Zipkin does', async () => {
    const early = [timed(1, 2, at(20_000), { parentId: hex(1) }), timed(1, 1, at(90_000))];
    expect(await find(early)).toEqual([hex(1)]);
    expect(await find([timed(1, 2, at(20_000), { parentId: hex(1) })])).toEqual([]);
  });

  it('never finds a trace without any time, as Zipkin does', async () => {
    expect(await find([span(1, 1)])).toEqual([]);
  });

  it('finds a term in a text that stands escaped in JSON', async () => {
    const odd = [timed(1, 1, at(90_000), { tags: { 'a"b\u2028': 'yAnnotations"' } })];
    const query = new URLSearchParams({ annotationQuery: 'a"b\u2028=yAnnotations"' });
    expect(await find(odd, query.toString())).toEqual([hex(1)]);
  });

  it('lets others work between slices', async () => {
    const many = Array.from({ length: 400 }, (_, id) => timed(id + 1, 1, at(90_000), { tags: { a: 'b' } }));
    let clock = 0;
    let pauses = 0;
    const query = readTraceQuery(new URLSearchParams('annotationQuery=a%3Dc'), {
      nowMs: NOW,
      lookbackMs: 50_000,
    });
    const pause = async () => {
      pauses += 1;
    };
    expect(await findTraces(storeOf(many), query, { now: () => clock++, pause })).toEqual([]);
    expect(pauses).toBeGreaterThan(50);
  });
});
