import { describe, expect, it } from 'vitest';
import type { AggregatorOptions } from './options.js';
import { createTracez } from './tracez.spec.helper.js';
import type { FakeSpan } from './tracez.spec.helper.js';

const OFTEN = { sampleIntervalMs: 1000 };

/** A tracez of which a trace can be asked for in short. */
function createTraces(options: AggregatorOptions = OFTEN) {
  const tracez = createTracez(options);
  return {
    ...tracez,
    traceOf(span: FakeSpan) {
      const answer = tracez.ask({ kind: 'trace', traceId: span.context.traceId });
      const spans = answer.spans.map(({ name, depth }) => `${' '.repeat(depth)}${name}`);
      return { ...answer, spans };
    },
    /** Ends of these names close the buckets, so that the next ones are no samples. */
    close(...names: readonly string[]) {
      for (const name of names) tracez.run(name);
    },
    /** So much ends elsewhere that nothing is remembered but what is kept. */
    flush() {
      const busy = tracez.start('busy');
      for (let i = 0; i < 520; i++) tracez.run('busy child', {}, { parent: busy });
      tracez.end(busy);
      tracez.aggregator.drain();
    },
    /** A remote parent, as a message or a request brings it. */
    enter(name: string, span?: FakeSpan) {
      const entry = tracez.start(name, span === undefined ? {} : { parent: span });
      entry.parentSpanContext = { ...entry.context, spanId: 'f'.repeat(16), isRemote: true };
      return entry;
    },
  };
}

describe('a trace with a sample', () => {
  it('N34: has all its spans, though only the last to end is a sample and the others ended before', () => {
    const { start, end, run, close, traceOf, ask } = createTraces();
    close('query', 'render', 'template');
    const root = start('GET /');
    run('query', {}, { parent: root });
    const render = start('render', { parent: root });
    run('template', {}, { parent: render });
    end(render);
    end(root);
    const bucket = ask({ kind: 'latency', name: 'template', bucket: 0 });
    expect(bucket.samples.map(({ traceId }) => traceId)).not.toContain(root.context.traceId);
    expect(traceOf(root)).toMatchObject({
      spans: ['GET /', ' query', ' render', '  template'],
      spansNotKept: 0,
      whole: true,
    });
  });

  it('has those that end after the sample, and those that run', () => {
    const { start, end, run, close, clock, traceOf } = createTraces();
    close('GET /', 'late');
    const root = start('GET /');
    run('sampled', { nanos: 1 }, { parent: root });
    run('late', { nanos: 2 }, { parent: root });
    expect(traceOf(root)).toMatchObject({ spans: ['GET /', ' sampled', ' late'], whole: true });
    clock.nowMs += 1;
    const last = start('late', { parent: root });
    end(root);
    expect(traceOf(root).spans).toEqual(['GET /', ' sampled', ' late', ' late']);
    end(last);
    expect(traceOf(root)).toMatchObject({ spans: ['GET /', ' sampled', ' late', ' late'], whole: true });
  });

  it('has what of it came into this process at another time', () => {
    const { enter, end, close, traceOf } = createTraces();
    close('consume');
    const first = enter('sampled');
    end(first, { nanos: 1 });
    end(enter('consume', first), { nanos: 2 });
    expect(traceOf(first)).toMatchObject({ spans: ['sampled', 'consume'], whole: true });
  });

  it('keeps a span that ceases to be a sample as long as the trace has another, and goes with the last', () => {
    const { start, end, run, flush, clock, traceOf, all } = createTraces({ ...OFTEN, samplesPerBucket: 1 });
    const root = start('root');
    const child = run('child', {}, { parent: root });
    end(root);
    const another = () => {
      flush();
      clock.nowMs += 1000;
    };
    another();
    run('child');
    expect(traceOf(root)).toMatchObject({ spans: ['root', ' child'], whole: true });
    expect(all().self.traceBytes).toBeGreaterThan(0);
    another();
    run('root');
    expect(all().self.samples).toBe(4);
    expect(() => traceOf(child)).toThrow('kept as a sample');
  });

  it('says how many of its spans had no room', () => {
    const { start, end, run, close, flush, traceOf } = createTraces({ ...OFTEN, maxTraceSpans: 3 });
    close('child');
    const root = start('root');
    for (let i = 0; i < 10; i++) run('child', {}, { parent: root });
    end(root);
    expect(traceOf(root)).toMatchObject({ spansNotKept: 0, whole: true });
    flush();
    expect(traceOf(root)).toMatchObject({
      spans: ['root', ' child', ' child', ' child'],
      spansNotKept: 7,
      whole: false,
    });
  });

  it('goes as a whole, but for its samples, when all together have too many bytes', () => {
    const { start, end, run, close, flush, traceOf, all } = createTraces({ ...OFTEN, maxTraceBytes: 3000 });
    close('child');
    const roots: FakeSpan[] = [];
    for (let i = 0; i < 20; i++) {
      const root = start(`root ${i}`);
      for (let n = 0; n < 3; n++) run('child', {}, { parent: root });
      roots.push(end(root));
      expect(all().self.traceBytes).toBeLessThanOrEqual(3000);
    }
    expect(traceOf(roots[19]!)).toMatchObject({ spansNotKept: 0, whole: true });
    expect(traceOf(roots[19]!).spans).toHaveLength(4);
    expect(all().self.tracesEvicted).toBeGreaterThan(10);
    flush();
    expect(traceOf(roots[0]!)).toMatchObject({ spans: ['root 0'], spansNotKept: 3, whole: false });
  });
});

describe('a trace that runs', () => {
  it('has what of it has ended, whether that is a sample or not', () => {
    const { start, run, close, traceOf } = createTraces();
    close('child');
    const root = start('root');
    run('child', {}, { parent: root });
    expect(traceOf(root)).toMatchObject({ spans: ['root', ' child'], whole: true });
  });

  it('keeps what ended below one entry when another one ends', () => {
    const { enter, end, run, close, traceOf } = createTraces();
    close('task', 'child');
    const first = enter('task');
    const second = enter('task', first);
    run('child', {}, { parent: first });
    run('child', {}, { parent: second });
    end(second);
    expect(traceOf(first)).toMatchObject({ spans: ['task', ' child', 'task', ' child'], whole: true });
  });

  it('is not said to be whole once other spans have pushed some of it out', () => {
    const { start, run, close, flush, clock, traceOf, aggregator } = createTraces({
      ...OFTEN,
      maxRunningSamples: 0,
    });
    close('child', 'busy child', 'busy');
    const pass = () => {
      aggregator.drain();
      clock.nowMs += 1;
    };
    pass();
    const root = start('root');
    run('child', {}, { parent: root });
    pass();
    expect(traceOf(root)).toMatchObject({ spans: ['root', ' child'], whole: true });
    flush();
    expect(traceOf(root)).toMatchObject({ spans: ['root'], spansNotKept: 0, whole: false });
    pass();
    const later = start('root');
    run('child', {}, { parent: later });
    expect(traceOf(later)).toMatchObject({ spans: ['root', ' child'], whole: true });
  });

  it('is kept while it is one of the oldest that run, whatever else ends, and goes with its end', () => {
    const { start, end, run, close, clock, traceOf, all, aggregator } = createTraces({
      sampleIntervalMs: 1e9,
      recentSpans: 10,
      maxRunningSamples: 1,
    });
    close('old', 'child', 'busy', 'busy root');
    const runBusy = () => {
      aggregator.drain();
      clock.nowMs += 1500;
      const busy = start('busy root');
      for (let i = 0; i < 20; i++) run('busy', {}, { parent: busy });
      end(busy);
      aggregator.drain();
    };
    const old = start('old');
    run('child', {}, { parent: old });
    runBusy();
    run('child', {}, { parent: old });
    for (let i = 0; i < 5; i++) runBusy();
    expect(traceOf(old).spans).toEqual(['old', ' child', ' child']);
    end(old);
    runBusy();
    runBusy();
    expect(() => traceOf(old)).toThrow('kept as a sample');
    expect(all().self.traceBytes).toBeLessThan(10_000);
  });

  it('knows only outlines of what is no sample', () => {
    const { start, end, run, close, ask } = createTraces();
    close('child');
    const root = start('root');
    const child = start('child', { parent: root });
    child.attributes = { why: 'because' };
    end(child, { nanos: 5, error: 'bad' });
    run('child', { error: 'closes' });
    const again = start('child', { parent: root });
    again.attributes = { why: 'because' };
    end(again, { nanos: 7, error: 'worse' });
    const { spans } = ask({ kind: 'trace', traceId: root.context.traceId });
    expect(
      spans.map(({ statusMessage, outline, attributes }) => [statusMessage, outline, attributes.length]),
    ).toEqual([
      [undefined, undefined, 0],
      ['bad', undefined, 1],
      ['worse', true, 0],
    ]);
    expect(spans[2]).toMatchObject({ durationNanos: 7, status: 'ERROR', kind: 'INTERNAL', sampled: true });
  });

  it('of a process whose spans have no children is not looked at', () => {
    const { start, end, aggregator, all } = createTraces();
    let looked = 0;
    for (let i = 0; i < 100; i++) {
      const root = start('root');
      aggregator.drain();
      const { startTime } = root;
      Object.defineProperty(root, 'startTime', { get: () => (looked++, startTime) });
      end(root);
    }
    aggregator.drain();
    expect(looked).toBe(1);
    expect(all().self.traceBytes).toBe(0);
  });

  it('is not whole where a parent is missing, or where not all that runs is held', () => {
    const { start, end, run, close, traceOf } = createTraces({ ...OFTEN, maxRunningSpans: 1 });
    close('root', 'child');
    const held = start('held');
    const root = start('root');
    run('sampled', {}, { parent: root });
    expect(traceOf(root)).toMatchObject({ spans: ['sampled'], whole: false });
    end(held);
    end(root);
    expect(traceOf(root)).toMatchObject({ spans: ['root', ' sampled'], whole: true });
  });

  it('is not whole where spans of it were pushed out after the hand-off was last emptied', () => {
    const { start, end, close, run, clock, traceOf } = createTraces({ ...OFTEN, recentSpans: 256 });
    close('step', 'busy');
    // Wakes the alarm, which does not ring while the process is busy.
    run('busy');
    clock.nowMs += 40;
    const root = start('job');
    for (let i = 0; i < 1000; i++) {
      run('step', {}, { parent: root });
      if (i % 100 === 0) clock.nowMs += 1;
    }
    end(root);
    const { spans, whole } = traceOf(root);
    expect(spans.length).toBeLessThan(1001);
    expect(whole).toBe(false);
  });

  it('counts each of its spans that is not kept once, samples too', () => {
    const { start, end, run, flush, clock, traceOf, all } = createTraces({
      samplesPerBucket: 1,
      sampleIntervalMs: 1000,
      maxTraceSpans: 2,
    });
    const root = start('root');
    const total = 12;
    for (let i = 1; i < total; i++) {
      run('child', {}, { parent: root });
      // Each is a sample for a second.
      all();
      clock.nowMs += 1000;
      const { spans, spansNotKept } = traceOf(root);
      expect(spans.length + spansNotKept).toBe(i + 1);
    }
    end(root);
    expect(traceOf(root)).toMatchObject({ spansNotKept: 0, whole: true });
    flush();
    const { spans, spansNotKept } = traceOf(root);
    expect(spans.length + spansNotKept).toBe(total);
    expect(spansNotKept).toBeGreaterThan(5);
  });

  it('has spans that were samples before it was kept for another one', () => {
    const { start, end, run, flush, clock, traceOf, aggregator } = createTraces({
      ...OFTEN,
      samplesPerBucket: 1,
    });
    const root = start('root');
    run('child', {}, { parent: root });
    aggregator.drain();
    clock.nowMs += 1000;
    // Takes the place of the only sample of the trace.
    run('child');
    aggregator.drain();
    end(root);
    expect(traceOf(root).spans).toEqual(['root', ' child']);
    flush();
    expect(traceOf(root)).toMatchObject({ spans: ['root', ' child'], spansNotKept: 0, whole: true });
  });
});
