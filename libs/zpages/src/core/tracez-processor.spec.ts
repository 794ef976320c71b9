import { SpanStatusCode, context, trace } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  InMemorySpanExporter,
  ParentBasedSampler,
  SimpleSpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
  createAlwaysRecordSampler,
} from '@opentelemetry/sdk-trace';
import type { Sampler, SpanProcessor } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { SpanAggregator } from './aggregator.js';
import { alwaysRecord } from './always-record.js';
import { answerOf, createTracez, unbalanced } from './tracez.spec.helper.js';
import { TracezSpanProcessor } from './tracez-processor.js';

/** The SDK with our processor first, so that what it throws would keep the others from their spans. */
function createSdk(
  processor = new TracezSpanProcessor(),
  { sampler, exports = false }: { readonly sampler?: Sampler; readonly exports?: boolean } = {},
) {
  const exporter = new InMemorySpanExporter();
  const others: SpanProcessor[] = exports ? [new SimpleSpanProcessor({ exporter })] : [];
  const provider = new TracerProvider({
    spanProcessors: [processor, ...others],
    ...(sampler === undefined ? {} : { sampler }),
  });
  const all = () => answerOf(processor.aggregator.query({ kind: 'aggregations' }));
  return { tracer: provider.getTracer('test'), provider, processor, exporter, all };
}

describe('with spans of the SDK', () => {
  it('T19: flushing and shutting down, also twice, change no count', async () => {
    const { tracer, provider, all } = createSdk();
    tracer.startSpan('a').end();
    tracer.startSpan('b');
    const before = all();
    await provider.forceFlush();
    await provider.shutdown();
    await provider.shutdown();
    expect(all().rows).toEqual(before.rows);
    expect(all().totals).toEqual(before.totals);
    expect([before.self.processors, all().self.processors]).toEqual([1, 0]);
  });

  it('T20: starts, ends and looks may come in any mixture', () => {
    const { tracer, all } = createSdk();
    const open = Array.from({ length: 500 }, () => tracer.startSpan('a'));
    for (const span of open) {
      const other = tracer.startSpan('a');
      span.end();
      expect(unbalanced(all())).toBeUndefined();
      other.end();
    }
    expect(all().totals).toMatchObject({ started: 1000, running: 0, latency: 1000 });
  });

  it('T34, N30: only an error status makes an error; unset does not', () => {
    const { tracer, all } = createSdk();
    const spans = Array.from({ length: 9 }, (_, i) => {
      const span = tracer.startSpan('a');
      const code = [SpanStatusCode.UNSET, SpanStatusCode.ERROR, SpanStatusCode.OK][i % 3]!;
      return span.setStatus({ code });
    });
    expect(all().totals).toMatchObject({ running: 9, errors: 0 });
    for (const span of spans) span.end();
    expect(all().totals).toMatchObject({ running: 0, errors: 3, latency: 6 });
  });

  it('T35: 72,000 spans of four interleaved workers are all counted', () => {
    const { tracer, all } = createSdk();
    for (let round = 0; round < 200; round++) {
      const spans = Array.from({ length: 4 * 90 }, (_, i) => tracer.startSpan(`name ${i % 2}`));
      for (const [i, span] of spans.entries()) {
        if (Math.floor(i / 2) % 3 === 0) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      }
    }
    expect(all().rows).toMatchObject([
      { name: 'name 0', running: 0, errors: 12_000 },
      { name: 'name 1', running: 0, errors: 12_000 },
    ]);
    expect(all().rows.map(({ latency }) => latency.reduce((a, b) => a + b))).toEqual([24_000, 24_000]);
  });

  it('T36: a span that ends before it starts took no time', () => {
    const { tracer, all } = createSdk();
    const span = tracer.startSpan('a', { startTime: [10, 0] });
    expect(all().totals.running).toBe(1);
    span.end([5, 0]);
    expect(all().rows).toMatchObject([{ running: 0, latency: [1, 0, 0, 0, 0, 0, 0, 0, 0] }]);
  });

  it('T44: latencies of 0 and of the bound fall into their buckets', () => {
    const processor = new TracezSpanProcessor(new SpanAggregator({ boundsNanos: [0, 1000] }));
    const { tracer, all } = createSdk(processor);
    tracer.startSpan('a', { startTime: [10, 0] }).end([10, 0]);
    tracer.startSpan('a', { startTime: [10, 0] }).end([10, 1000]);
    expect(all().rows[0]?.latency).toEqual([1, 1]);
    const sampled = [0, 1].map((bucket) =>
      answerOf(processor.aggregator.query({ kind: 'latency', name: 'a', bucket })).samples.map(
        ({ durationNanos }) => durationNanos,
      ),
    );
    expect(sampled).toEqual([[0], [1000]]);
  });

  it('T65: two names run, then none', () => {
    const { tracer, all } = createSdk();
    const spans = ['A', 'A', 'B'].map((name) => tracer.startSpan(name));
    const running = () => all().rows.map(({ name, running }) => [name, running]);
    expect(running()).toEqual([
      ['A', 2],
      ['B', 1],
    ]);
    for (const span of spans) span.end();
    expect(running()).toEqual([
      ['A', 0],
      ['B', 0],
    ]);
  });

  it('N04: a span that is renamed while it runs leaves nothing under its first name', () => {
    const { tracer, all } = createSdk();
    for (let i = 0; i < 1000; i++) tracer.startSpan('GET').updateName('GET /u/:id').end();
    expect(all().rows.map(({ name, running }) => [name, running])).toEqual([['GET /u/:id', 0]]);
    expect(all().totals).toMatchObject({ started: 1000, latency: 1000, running: 0 });
  });

  it('a second end is no end', () => {
    const { tracer, all } = createSdk();
    const span = tracer.startSpan('a');
    span.end();
    span.end();
    expect(all().totals).toMatchObject({ started: 1, adopted: 0, latency: 1 });
  });

  it('attributes, events, links and parents of real spans are shown', () => {
    const { tracer, processor } = createSdk();
    const parent = tracer.startSpan('parent');
    const inParent = trace.setSpan(context.active(), parent);
    const link = { context: parent.spanContext(), attributes: { why: 'because' } };
    const child = tracer.startSpan('child', { attributes: { n: 1 }, links: [link] }, inParent);
    child.recordException(new RangeError('too big'));
    child.setStatus({ code: SpanStatusCode.ERROR, message: 'failed' }).end();
    const { samples, groups } = answerOf(processor.aggregator.query({ kind: 'error', name: 'child' }));
    expect(groups).toMatchObject([{ type: 'RangeError', message: 'failed', count: 1 }]);
    expect(samples).toMatchObject([
      {
        traceId: parent.spanContext().traceId,
        parentSpanId: parent.spanContext().spanId,
        scopeName: 'test',
        statusMessage: 'failed',
        attributes: [{ key: 'n', value: 1 }],
        links: [{ spanId: parent.spanContext().spanId, attributes: [{ key: 'why', value: 'because' }] }],
        events: [{ name: 'exception' }],
      },
    ]);
  });
});

describe('what is sampled', () => {
  it('T46: spans of unsampled traces are left out where that is asked for', () => {
    for (const includeUnsampled of [false, true]) {
      const processor = new TracezSpanProcessor(new SpanAggregator(), { includeUnsampled });
      const { tracer, all } = createSdk(processor, { sampler: alwaysRecord(new AlwaysOffSampler()) });
      const expected = includeUnsampled ? 1 : 0;
      const span = tracer.startSpan('a');
      expect(all().totals.running).toBe(expected);
      span.end();
      expect(all().totals).toMatchObject({ started: expected, running: 0, latency: expected });
    }
  });

  it.each([
    ['alwaysRecord', alwaysRecord],
    ['createAlwaysRecordSampler of the SDK', createAlwaysRecordSampler],
  ])('N20: with %s all 1000 are counted and none is exported', (_, wrap) => {
    const sampler = wrap(new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0) }));
    const { tracer, exporter, all } = createSdk(new TracezSpanProcessor(), { exports: true, sampler });
    for (let i = 0; i < 1000; i++) tracer.startSpan('a').end();
    expect(all().totals.latency).toBe(1000);
    expect(all().self.unsampledSeen).toBe(1000);
    expect(exporter.getFinishedSpans()).toEqual([]);
  });

  it('a sampler that decides for export is left alone, one that throws costs no span', () => {
    const bad = {
      shouldSample: (): never => {
        throw new Error('bad');
      },
      toString: () => 'bad',
    };
    const { tracer, exporter, all } = createSdk(new TracezSpanProcessor(), {
      exports: true,
      sampler: alwaysRecord(bad),
    });
    tracer.startSpan('a').end();
    expect([all().totals.latency, exporter.getFinishedSpans().length]).toEqual([1, 0]);
    const on = createSdk(new TracezSpanProcessor(), {
      exports: true,
      sampler: alwaysRecord(new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(1) })),
    });
    on.tracer.startSpan('a').end();
    expect([on.all().self.unsampledSeen, on.exporter.getFinishedSpans().length]).toEqual([0, 1]);
    expect(String(alwaysRecord(bad))).toBe('AlwaysRecord{bad}');
  });
});

describe('nothing that goes wrong inside reaches the application', () => {
  it('N06: neither from counting nor from the clock; other processors get their spans, the page says so', () => {
    const bad = (): never => {
      throw new RangeError('no clock');
    };
    const { tracer, exporter, all } = createSdk(new TracezSpanProcessor(new SpanAggregator({ now: bad })), {
      exports: true,
    });
    for (let i = 0; i < 1000; i++) expect(() => tracer.startSpan('a').end()).not.toThrow();
    expect(exporter.getFinishedSpans()).toHaveLength(1000);
    const { totals, self } = all();
    expect(totals).toMatchObject({ started: 1000, latency: 1000 });
    expect(self.internalErrors).toBeGreaterThan(0);
    expect(self.lastInternalError).toBe('RangeError: no clock');
  });

  it('N06: an aggregator that throws costs the spans, nothing else', () => {
    class Broken extends SpanAggregator {
      override start(): never {
        throw new Error('broken start');
      }
      override end(): never {
        throw new Error('broken end');
      }
    }
    const { tracer, exporter, all } = createSdk(new TracezSpanProcessor(new Broken()), { exports: true });
    expect(() => tracer.startSpan('a').end()).not.toThrow();
    expect(exporter.getFinishedSpans()).toHaveLength(1);
    expect(all().self).toMatchObject({ internalErrors: 2, lastInternalError: 'Error: broken end' });
  });

  it('N06: a span that cannot be read is dropped, and counted as that', () => {
    const { start, end, all, run } = createTracez();
    const span = start('a');
    Object.defineProperty(span, 'status', {
      get: () => {
        throw new Error('unreadable');
      },
    });
    end(span);
    run('b');
    expect(all().totals).toEqual({
      started: 2,
      adopted: 0,
      running: 0,
      runningUntracked: 0,
      errors: 0,
      latency: 1,
      dropped: 1,
    });
    expect(all().self.lastInternalError).toBe('Error: unreadable');
  });

  it('N06: a span whose attributes cannot be read is counted, but no sample', () => {
    const { start, end, all, ask } = createTracez();
    const span = start('a');
    span.attributes = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('unreadable');
        },
      },
    );
    end(span);
    expect(all().totals).toMatchObject({ latency: 1, dropped: 0 });
    expect(ask({ kind: 'latency', name: 'a', bucket: 0 }).samples).toEqual([]);
    expect(all().self.internalErrors).toBe(1);
  });
});

describe('several processors', () => {
  it('N23: share an aggregator without counting twice; one that is shut down brings no new spans', async () => {
    const aggregator = new SpanAggregator();
    const [a, b] = [
      createSdk(new TracezSpanProcessor(aggregator)),
      createSdk(new TracezSpanProcessor(aggregator)),
    ];
    a.tracer.startSpan('a').end();
    b.tracer.startSpan('b').end();
    const open = b.tracer.startSpan('open');
    expect(a.all().totals).toMatchObject({ started: 3, running: 1, latency: 2 });
    await b.provider.shutdown();
    b.tracer.startSpan('late').end();
    expect(a.all().totals).toMatchObject({ started: 3, running: 1, latency: 2 });
    open.end();
    a.tracer.startSpan('a').end();
    expect(a.all().totals).toMatchObject({ started: 4, adopted: 0, running: 0, latency: 4 });
  });

  it('N23: in one provider they count a span once; with aggregators of their own each counts it', () => {
    const shared = new SpanAggregator();
    const own = new SpanAggregator();
    const spanProcessors = [shared, shared, own].map((aggregator) => new TracezSpanProcessor(aggregator));
    new TracerProvider({ spanProcessors }).getTracer('test').startSpan('a').end();
    for (const aggregator of [shared, own]) {
      const { totals } = answerOf(aggregator.query({ kind: 'aggregations' }));
      expect(totals).toMatchObject({ started: 1, adopted: 0, latency: 1 });
    }
  });

  it('N28: the others are answered after one is closed', async () => {
    const aggregator = new SpanAggregator();
    const [one, two] = [new TracezSpanProcessor(aggregator), new TracezSpanProcessor(aggregator)];
    const { tracer, all } = createSdk(two);
    await one.shutdown();
    tracer.startSpan('a').end();
    expect(all().totals.latency).toBe(1);
    await two.shutdown();
    expect(all().totals.latency).toBe(1);
  });
});

describe('after shutdown', () => {
  it('N14: spans are ignored, and nothing keeps the process alive', async () => {
    const before = process.getActiveResourcesInfo().toSorted();
    const { tracer, provider, all } = createSdk();
    tracer.startSpan('a').end();
    expect(process.getActiveResourcesInfo().toSorted()).toEqual(before);
    await provider.shutdown();
    tracer.startSpan('late').end();
    tracer.startSpan('late');
    expect(all().rows.map(({ name }) => name)).toEqual(['a']);
    expect(process.getActiveResourcesInfo().toSorted()).toEqual(before);
  });
});
