import type { Span } from '@distrace/zipkin';
import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { MemoryStore } from './memory-store.js';
import type { StoredTrace } from './stored-trace.js';
import { hex, span, storeOf, timed } from './store.spec.helper.js';

const ids = (traces: Iterable<{ readonly id: string }>): string[] => [...traces].map(({ id }) => id);

describe('MemoryStore', () => {
  it('keeps the pieces of a trace as they came, unmerged', () => {
    const store = storeOf([timed(1, 1, 1000), timed(1, 1, 1000, { duration: 5 })]);
    expect(store.trace(hex(1))?.spanCount).toBe(2);
  });

  it('keeps the very same span once and counts the repetition', () => {
    const store = storeOf([timed(1, 1, 1000), timed(1, 1, 1000)]);
    store.add([timed(1, 1, 1000)]);
    expect(store.trace(hex(1))?.spanCount).toBe(1);
    expect(store.stats).toMatchObject({ spans: 1, spansAdded: 1, spansRepeated: 2 });
  });

  it('evicts the trace that arrived first, whole, though it got a span just now', () => {
    const store = storeOf([span(1, 1), span(2, 1), span(2, 2)], { maxSpans: 4 });
    store.add([span(1, 2)]);
    store.add([span(3, 1)]);
    expect(ids(store.byStart()).toSorted()).toEqual([hex(2), hex(3)]);
    expect(store.stats).toMatchObject({ spans: 3, spansEvicted: 2, tracesEvicted: 1 });
  });

  it('keeps a new trace though its piece has no time, where Zipkin would evict it first', () => {
    const store = storeOf([timed(1, 1, 9_000_000), span(2, 1)], { maxSpans: 2 });
    store.add([timed(3, 1, 1000)]);
    expect(store.trace(hex(1))).toBeUndefined();
    expect(store.trace(hex(2))).toBeDefined();
  });

  it('evicts by memory as well as by number', () => {
    const big = { tags: { stack: 'x'.repeat(100_000) } };
    const store = storeOf([span(1, 1, big), span(2, 1, big), span(3, 1, big)], { maxBytes: 250_000 });
    expect(store.stats).toMatchObject({ traces: 2, tracesEvicted: 1 });
    expect(store.stats.bytes).toBeLessThan(250_000);
  });

  it('makes room while it adds: a list of many times what it may hold takes no more memory on the way', () => {
    let most = 0;
    const journal = { added: () => (most = Math.max(most, store.stats.bytes)), evicted() {}, cleared() {} };
    const store = new MemoryStore({ maxBytes: 250_000, journal: { ...journal, commit() {}, close() {} } });
    const tags = { stack: 'x'.repeat(100_000) };
    store.add(Array.from({ length: 50 }, (_, at) => timed(at + 1, 1, at + 1, { tags })));
    expect(most).toBeLessThan(400_000);
    expect(ids(store.byStart())).toEqual([hex(50), hex(49)]);
    expect(ids(store.byLatestSpan())).toEqual([hex(50), hex(49)]);
    expect(store.stats).toMatchObject({ spans: 2, spansAdded: 50, tracesEvicted: 48 });
  });

  it('says which traces made room', () => {
    const onEvict = vi.fn<(trace: StoredTrace) => void>();
    const store = new MemoryStore({ maxSpans: 1, onEvict });
    store.add([span(1, 1)]);
    const first = store.trace(hex(1))!;
    store.add([span(2, 1)]);
    expect(onEvict).toHaveBeenCalledExactlyOnceWith(first);
    expect([first.isEvicted, store.trace(hex(2))!.isEvicted]).toEqual([true, false]);
  });

  it('counts two bytes a character where a text is wide', () => {
    const narrow = storeOf([span(1, 1, { name: 'é'.repeat(1000) })]).stats.bytes;
    const wide = storeOf([span(1, 1, { name: '語'.repeat(1000) })]).stats.bytes;
    expect(wide).toBeGreaterThan(narrow + 1000);
  });

  it('evicts a single trace that is too large for the store', () => {
    const store = storeOf([span(1, 1), span(1, 2), span(1, 3)], { maxSpans: 2 });
    expect(store.stats).toMatchObject({ traces: 0, spans: 0, spansEvicted: 3 });
  });

  it('tells traces apart by all 128 bits, unless told to look at the low 64 only', () => {
    const [long, short] = ['7180c278b62e8f6a216a2aea45d08fc9', '216a2aea45d08fc9'];
    const spans = [timed(long, 1, 1), timed(short, 2, 2)];
    const strict = storeOf(spans);
    expect([strict.trace(long)?.spanCount, strict.trace(short)?.spanCount]).toEqual([1, 1]);
    const lenient = storeOf(spans, { strictTraceId: false });
    expect(lenient.trace(long)?.spanCount).toBe(2);
    expect(lenient.trace(short)).toBe(lenient.trace(long));
  });

  it('lists traces by their latest span and by their start', () => {
    const store = storeOf([timed(1, 1, 1000), timed(2, 1, 2000), timed(1, 2, 3000, { parentId: hex(1) })]);
    expect(ids(store.byLatestSpan())).toEqual([hex(1), hex(2)]);
    expect(ids(store.byStart())).toEqual([hex(2), hex(1)]);
  });

  it('moves a trace in the lists when a span changes its times', () => {
    const store = storeOf([timed(1, 2, 5000, { parentId: hex(1) }), timed(2, 1, 2000)]);
    expect(ids(store.byStart())).toEqual([hex(1), hex(2)]);
    store.add([timed(1, 1, 1000)]);
    expect(ids(store.byStart())).toEqual([hex(2), hex(1)]);
    expect(ids(store.byLatestSpan())).toEqual([hex(1), hex(2)]);
  });

  it('lists a trace without any time where it arrived', () => {
    const store = new MemoryStore({ now: () => 5 });
    store.add([timed(1, 1, 4000), span(2, 1), timed(3, 1, 6000)]);
    expect(ids(store.byStart())).toEqual([hex(3), hex(2), hex(1)]);
  });

  it('knows the names of its traces, and forgets those of evicted ones', () => {
    const remote = { name: 'get', remoteEndpoint: { serviceName: 'db' }, tags: { env: 'prod', other: 'x' } };
    const store = storeOf([timed(1, 1, 1, remote)], { maxSpans: 1, autocompleteKeys: ['env'] });
    expect(store.values('service')).toEqual(['client']);
    expect(store.values('span', 'client')).toEqual(['get']);
    expect(store.values('remote', 'client')).toEqual(['db']);
    expect(store.values('tag', 'env')).toEqual(['prod']);
    expect(store.values('tag', 'other')).toEqual([]);
    store.add([timed(2, 1, 2, { localEndpoint: { serviceName: 'executor' } })]);
    expect(store.values('service')).toEqual(['executor']);
    expect(store.values('span', 'client')).toEqual([]);
    expect(store.values('tag', 'env')).toEqual([]);
  });

  it('keeps names that look like properties of every object', () => {
    const odd = { name: '__proto__', localEndpoint: { serviceName: 'constructor' } };
    const store = storeOf([span(1, 1, odd)], { autocompleteKeys: ['toString'] });
    expect(store.values('span', 'constructor')).toEqual(['__proto__']);
    expect(store.values('tag', 'toString')).toEqual([]);
  });

  it('says which traces have changed, once per list', () => {
    const onChange = vi.fn<(traces: readonly StoredTrace[]) => void>();
    const store = new MemoryStore({ onChange });
    store.add([span(1, 1), span(1, 2), span(2, 1)]);
    store.add([]);
    expect(onChange.mock.calls.map(([traces]) => ids(traces))).toEqual([[hex(1), hex(2)]]);
  });

  it('is empty once cleared, and goes on from there', () => {
    const onClear = vi.fn<() => void>();
    const store = storeOf([timed(1, 1, 1), timed(2, 1, 2)], { onClear });
    store.clear();
    expect(onClear).toHaveBeenCalledOnce();
    expect(store.stats).toMatchObject({ traces: 0, spans: 0, bytes: 0, spansAdded: 2, spansCleared: 2 });
    expect([store.values('service'), ids(store.byStart()), store.trace(hex(1))]).toEqual([[], [], undefined]);
    store.add([timed(1, 1, 1)]);
    expect(ids(store.byStart())).toEqual([hex(1)]);
  });

  it('holds its bounds and loses count of nothing, whatever comes', () => {
    const anySpan = fc.record({
      traceId: fc.nat({ max: 12 }).map(hex),
      id: fc.nat({ max: 6 }).map(hex),
      parentId: fc.option(fc.constant(hex(1)), { nil: undefined }),
      name: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
      timestamp: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
      localEndpoint: fc.option(fc.constantFrom({ serviceName: 's' }, { serviceName: 't' }), {
        nil: undefined,
      }),
    });
    const lists = fc.array(fc.array(anySpan, { maxLength: 12 }), { maxLength: 25 });
    fc.assert(
      fc.property(
        lists,
        fc.integer({ min: 1, max: 30 }),
        fc.nat({ max: 24 }),
        (bodies, maxSpans, clearAt) => {
          const store = new MemoryStore({ maxSpans, maxBytes: 20_000, now: () => 1 });
          let received = 0;
          for (const [at, body] of bodies.entries()) {
            if (at === clearAt) store.clear();
            store.add(body as Span[]);
            received += body.length;
            expectSound(store, { received, maxSpans });
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

function expectSound(
  store: MemoryStore,
  { received, maxSpans }: { readonly received: number; readonly maxSpans: number },
): void {
  const { stats } = store;
  const traces = [...store.byStart()];
  expect(stats.spans).toBeLessThanOrEqual(maxSpans);
  expect(stats.bytes).toBeLessThanOrEqual(20_000);
  expect(stats.spansAdded + stats.spansRepeated).toBe(received);
  expect(stats.spans + stats.spansEvicted + stats.spansCleared).toBe(stats.spansAdded);
  expect(traces.reduce((sum, { spanCount }) => sum + spanCount, 0)).toBe(stats.spans);
  expect(traces.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(stats.bytes);
  expect(traces).toHaveLength(stats.traces);
  expect(new Set(store.byLatestSpan())).toEqual(new Set(traces));
  expect(traces).toEqual(traces.toSorted((a, b) => b.listedAt - a.listedAt || b.arrival - a.arrival));
  for (const trace of traces) expect(store.trace(trace.id)).toBe(trace);
  const services = new Set(
    traces.flatMap(({ names }) => names.filter(({ kind }) => kind === 'service').map(({ value }) => value)),
  );
  expect(store.values('service')).toEqual([...services].toSorted());
}
