import { describe, expect, it } from 'vitest';
import { FakeSpan, createTracez, unbalanced } from './tracez.spec.helper.js';

const throws = (): never => {
  throw new Error('unreadable');
};

/** A span of which one property cannot be read. */
function withoutOne(key: string): FakeSpan {
  const span = new FakeSpan('a');
  Object.defineProperty(span, key, { get: throws, configurable: true });
  return span;
}

/** Of which nothing can be read, after `revoke`. */
function revocable(name = 'a') {
  const { proxy, revoke } = Proxy.revocable(new FakeSpan(name), {});
  return { span: proxy, revoke };
}

const KEYS = [
  'spanContext',
  'name',
  'kind',
  'status',
  'startTime',
  'duration',
  'attributes',
  'events',
  'links',
  'parentSpanContext',
  'instrumentationScope',
  'ended',
];

describe('a span that cannot be read', () => {
  it.each(KEYS)('N06, N13: for want of its %s is counted, shown as far as it can be, and noted', (key) => {
    const { processor, all, ask, run } = createTracez();
    run('b');
    const span = withoutOne(key);
    processor.onStart(span);
    expect(all().totals).toMatchObject({ started: 2, running: 1 });
    expect(unbalanced(all())).toBeUndefined();
    expect(ask({ kind: 'running' }).count).toBeLessThanOrEqual(1);
    processor.onEnd(span);
    processor.onEnd(span);
    const { totals, rows } = all();
    const { errors, latency, dropped } = totals;
    expect(totals).toMatchObject({ started: 2, adopted: 0, running: 0, runningUntracked: 0 });
    expect(errors + latency + dropped).toBe(2);
    expect(unbalanced(all())).toBeUndefined();
    expect(rows.find(({ name }) => name === 'b')?.latency[0]).toBe(1);
  });

  it('does not keep the others off the page', () => {
    const { processor, start, all, ask } = createTracez();
    const { span, revoke } = revocable();
    processor.onStart(span);
    start('b');
    expect(all().totals).toMatchObject({ running: 2, runningUntracked: 0 });
    revoke();
    const answer = all();
    expect(answer.totals).toMatchObject({ running: 2, runningUntracked: 1 });
    expect(answer.rows).toMatchObject([{ name: 'b', running: 1 }]);
    expect(answer.self.internalErrors).toBeGreaterThan(0);
    expect(ask({ kind: 'running' })).toMatchObject({ count: 1, countIsLowerBound: true });
  });

  it('may lose its handle at any time: nothing throws, nothing is lost', () => {
    const { processor, all } = createTracez();
    const [never, running, ended] = [revocable(), revocable(), revocable()];
    never.revoke();
    processor.onStart(never.span);
    processor.onStart(running.span);
    processor.onStart(ended.span);
    processor.onEnd(ended.span);
    expect(all().totals).toMatchObject({ started: 3, running: 2, latency: 1 });
    running.revoke();
    ended.revoke();
    for (const { span } of [never, running, ended]) processor.onEnd(span);
    const { totals, self } = all();
    expect(totals.started + totals.adopted).toBe(
      totals.running + totals.errors + totals.latency + totals.dropped,
    );
    expect(totals.running).toBe(0);
    expect(self.internalErrors).toBeGreaterThan(0);
    expect(unbalanced(all())).toBeUndefined();
  });
});

describe('a query', () => {
  it('shows running spans whose name is no text', () => {
    const { processor, all, ask } = createTracez();
    for (const name of [undefined, null, 7, Symbol('s')]) processor.onStart(new FakeSpan(name as never));
    expect(ask({ kind: 'running' }).spans.map(({ name }) => name)).toEqual([
      'undefined',
      'null',
      '7',
      'Symbol(s)',
    ]);
    expect(all().rows).toHaveLength(4);
    expect(all().self.internalErrors).toBe(0);
  });

  it('never throws, also where a span can be read only now and then: it answers without it', () => {
    const { processor, run, start, end, aggregator } = createTracez();
    run('b');
    const span = new FakeSpan('a');
    processor.onStart(span);
    aggregator.drain();
    let reads = 0;
    const { context } = span;
    // The second time it is read, each time it is looked at anew.
    span.spanContext = () => {
      reads++;
      if (reads !== 2) throw new Error('not now');
      return context;
    };
    const other = start('c');
    const { traceId } = other.context;
    for (const query of [
      { kind: 'running' },
      { kind: 'trace', traceId },
      { kind: 'aggregations' },
    ] as const) {
      expect(aggregator.query(query).ok).toBe(true);
    }
    const answer = aggregator.query({ kind: 'aggregations' });
    expect(answer).toMatchObject({ ok: true, answer: { totals: { running: 2, latency: 1 } } });
    expect(answer.ok && unbalanced(answer.answer)).toBeUndefined();
    for (const running of [span, other]) end(running);
    const last = aggregator.query({ kind: 'aggregations' });
    expect(last).toMatchObject({ answer: { totals: { running: 0, runningUntracked: 0 } } });
  });

  it.each([undefined, null, {}, { kind: Object.create(null) as string }])('%j is refused', (query) => {
    const { aggregator, start, all } = createTracez();
    start('a');
    expect(aggregator.query(query as never)).toMatchObject({
      ok: false,
      error: { code: 'invalid_argument' },
    });
    expect(all().totals.runningUntracked).toBe(0);
  });
});

describe('a span that cannot be changed', () => {
  it.each([
    ['frozen', (span: FakeSpan) => Object.freeze(span)],
    ['sealed', (span: FakeSpan) => Object.seal(span)],
    ['not extensible', (span: FakeSpan) => Object.preventExtensions(span)],
  ])('N13: because it is %s is counted like any other', (_, fix) => {
    const { processor, all, ask } = createTracez();
    const span = fix(new FakeSpan('a'));
    processor.onStart(span);
    processor.onStart(span);
    expect(all().rows).toMatchObject([{ name: 'a', running: 1 }]);
    expect(ask({ kind: 'running', name: 'a' }).spans).toHaveLength(1);
    processor.onEnd(span);
    processor.onEnd(span);
    expect(all().totals).toMatchObject({ started: 1, adopted: 0, running: 0, latency: 1, dropped: 0 });
    const unknown = fix(new FakeSpan('a'));
    processor.onEnd(unknown);
    processor.onEnd(unknown);
    expect(all().totals).toMatchObject({ started: 1, adopted: 1, latency: 2 });
    expect(all().self.internalErrors).toBe(0);
  });

  it('N13: since some time after its start ends once, too', () => {
    const { processor, all } = createTracez();
    const span = new FakeSpan('a');
    processor.onStart(span);
    expect(all().totals.running).toBe(1);
    Object.freeze(span);
    processor.onEnd(span);
    processor.onEnd(span);
    expect(all().totals).toMatchObject({ started: 1, running: 0, latency: 1 });
    expect(all().self).toMatchObject({ trackedRunning: 0, internalErrors: 0 });
  });

  it('may be reached through a proxy: what starts as one ends as the other', () => {
    const { processor, all } = createTracez();
    const span = new FakeSpan('a');
    processor.onStart(span);
    processor.onEnd(new Proxy(span, {}));
    processor.onEnd(span);
    expect(all().totals).toMatchObject({ started: 1, adopted: 0, running: 0, latency: 1 });
  });

  it.each([null, undefined, 7, 'span', {}])('%j is no span: it throws nothing, and is noted', (no) => {
    const { processor, all, run } = createTracez();
    run('a');
    processor.onStart(no as never);
    processor.onEnd(no as never);
    expect(all().totals.latency).toBe(1);
    expect(all().self.internalErrors).toBeGreaterThan(0);
    expect(unbalanced(all())).toBeUndefined();
  });

  it('may take no properties and not say so: it is counted like any other', () => {
    const { processor, all } = createTracez();
    const swallow = (span: FakeSpan): FakeSpan =>
      new Proxy(span, { set: () => true, defineProperty: () => true });
    const span = swallow(new FakeSpan('a'));
    processor.onStart(span);
    expect(all().totals).toMatchObject({ started: 1, running: 1, runningUntracked: 0 });
    processor.onEnd(span);
    processor.onEnd(span);
    expect(all().totals).toMatchObject({ started: 1, adopted: 0, running: 0, latency: 1 });
    const unknown = swallow(new FakeSpan('a'));
    processor.onEnd(unknown);
    processor.onEnd(unknown);
    expect(all().totals).toMatchObject({ started: 1, adopted: 1, latency: 2 });
    expect(unbalanced(all())).toBeUndefined();
  });
});
