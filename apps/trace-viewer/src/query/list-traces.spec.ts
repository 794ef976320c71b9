import type { Span } from '@distrace/zipkin';
import { describe, expect, it, vi } from 'vitest';
import { hex, span, storeOf, timed } from '../store/store.spec.helper.js';
import { readListQuery } from './list-query.js';
import { listTraces, type TraceList } from './list-traces.js';
import { SummaryCache } from './summary-cache.js';

const SECOND = 1_000_000;
const spans: readonly Span[] = [
  timed(1, 1, 10 * SECOND, { name: 'get', duration: 2 * SECOND }),
  timed(1, 2, 11 * SECOND, {
    parentId: hex(1),
    duration: 5 * SECOND,
    tags: { error: 'no', stack: 'at Foo.bar' },
  }),
  timed(2, 1, 20 * SECOND, { duration: 1 }),
  timed(3, 1, 30 * SECOND, { localEndpoint: { serviceName: 'executor' } }),
  span(4, 1, { name: 'timeless' }),
];

function list(query = ''): Promise<TraceList> {
  const reader = storeOf(spans, { now: () => 5000 });
  return listTraces({ reader, summaries: new SummaryCache() }, readListQuery(new URLSearchParams(query)));
}

const idsOf = ({ traces }: TraceList): string[] => traces.map(({ traceId }) => traceId);

describe('listTraces', () => {
  it('sums up all traces, the latest first, one without any time where it arrived', async () => {
    const { traces, next } = await list();
    expect(next).toBeUndefined();
    expect(traces.map(({ traceId }) => traceId)).toEqual([3, 2, 1, 4].map(hex));
    expect(traces[2]).toMatchObject({
      rootService: 'client',
      rootName: 'get',
      spanCount: 2,
      errorCount: 1,
      timestamp: 10 * SECOND,
      duration: 6 * SECOND,
      changedAtMs: 5000,
    });
  });

  it.each([
    ['errors=true', [1]],
    ['errors=false', [3, 2, 1, 4]],
    ['minDuration=6000000', [1]],
    ['maxDuration=1', [3, 2, 4]],
    ['serviceName=executor', [3]],
    ['spanName=timeless', [4]],
    ['annotationQuery=stack', [1]],
    ['text=FOO.b', [1]],
    ['text=executor', [3]],
    [`text=${hex(3)}`, [3]],
    ['text=timestamp', []],
    ['serviceName=executor&text=foo', []],
    ['endTs=20000', [2, 1, 4]],
    ['endTs=20000&lookback=10000', [2, 1]],
    ['text=', [3, 2, 1, 4]],
  ])('filters by %s', async (query, found) => {
    expect(idsOf(await list(query))).toEqual(found.map(hex));
  });

  it.each(['', 'annotationQuery=a'])(
    'gives pages that leave out nothing and repeat nothing (%j)',
    async (terms) => {
      const many = Array.from({ length: 25 }, (_, at) =>
        timed(at + 1, 1, Math.floor(at / 3) + 1, { tags: { a: 'b' } }),
      );
      const reader = storeOf(many);
      const seen: string[] = [];
      let before: string | undefined;
      let pages = 0;
      do {
        const query = new URLSearchParams(`limit=10&${terms}`);
        if (before !== undefined) query.set('before', before);
        const page = await listTraces({ reader, summaries: new SummaryCache() }, readListQuery(query));
        seen.push(...idsOf(page));
        before = page.next;
        pages += 1;
      } while (before !== undefined);
      expect(pages).toBe(3);
      expect(seen).toEqual([...reader.byStart()].map(({ id }) => id));
    },
  );

  it.each([
    ['limit=201', 'from 1 to 200'],
    ['before=x', 'must be the "next" of an earlier answer, got "x"'],
    ['errors=yes', 'must be true or false'],
    ['lookback=5', 'needs endTs'],
    [`text=${'x'.repeat(1001)}`, 'at most 1000 characters, got 1001'],
  ])('refuses %s', (query, message) => {
    expect(() => readListQuery(new URLSearchParams(query))).toThrow(message);
  });
});

it('goes on after a trace whose time has as many digits as a time can have', async () => {
  const reader = storeOf([1, 2, 3].map((at) => timed(at, 1, 1_790_000_000_000_000_000 + at * 1000)));
  const pageOf = (query: string) =>
    listTraces({ reader, summaries: new SummaryCache() }, readListQuery(new URLSearchParams(query)));
  const { next } = await pageOf('limit=2');
  expect(idsOf(await pageOf(`limit=2&before=${next}`))).toEqual([hex(1)]);
});

describe('SummaryCache', () => {
  it('keeps no trace that has made room, not even when somebody still asks for it', async () => {
    const cache = new SummaryCache({ now: () => 0 });
    const store = storeOf([timed(1, 1, 1)], { maxSpans: 1, onEvict: (trace) => cache.forget(trace) });
    const trace = store.trace(hex(1))!;
    await cache.of(trace);
    expect(cache.size).toBe(1);
    store.add([timed(2, 1, 2)]);
    expect(cache.size).toBe(0);
    expect(await cache.of(trace)).toMatchObject({ spanCount: 1 });
    expect(cache.size).toBe(0);
  });

  it('sums up a trace again when it has grown', async () => {
    const store = storeOf([timed(1, 1, 1)]);
    const cache = new SummaryCache({ now: () => 0 });
    const trace = store.trace(hex(1))!;
    const first = await cache.of(trace);
    expect(await cache.of(trace)).toBe(first);
    store.add([timed(1, 2, 2)]);
    expect(await cache.of(trace)).toMatchObject({ spanCount: 2 });
    cache.clear();
    expect(await cache.of(trace)).toMatchObject({ spanCount: 2 });
  });

  it('sums up a trace once for all who ask meanwhile', async () => {
    const trace = storeOf([timed(1, 1, 1)]).trace(hex(1))!;
    const texts = vi.spyOn(trace, 'texts');
    const cache = new SummaryCache({ now: () => 0 });
    const [first, second] = await Promise.all([cache.of(trace), cache.of(trace)]);
    expect(second).toBe(first);
    expect(texts).toHaveBeenCalledOnce();
  });

  it('does not sum up a large trace each time it grows', async () => {
    const clock = vi.fn<() => number>();
    const cache = new SummaryCache({ now: clock });
    const store = storeOf([timed(1, 1, 1)]);
    const trace = store.trace(hex(1))!;
    clock.mockReturnValueOnce(0).mockReturnValueOnce(100); // It took 100 ms.
    await cache.of(trace);
    store.add([timed(1, 2, 2)]);
    clock.mockReturnValue(2000);
    expect(await cache.of(trace)).toMatchObject({ spanCount: 1 });
    clock.mockReturnValue(2101);
    expect(await cache.of(trace)).toMatchObject({ spanCount: 2 });
  });
});
