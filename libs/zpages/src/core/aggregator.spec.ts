import { describe, expect, it } from 'vitest';
import { createTracez } from './tracez.spec.helper.js';

const none = [0, 0, 0, 0, 0, 0, 0, 0, 0];
/** Latency counts with so many in one bucket. */
const only = (bucket: number, count = 1): number[] => none.with(bucket, count);
const ms = 1e6;

describe('the rows', () => {
  it('T01: without spans there are none', () => {
    expect(createTracez().all().rows).toEqual([]);
  });

  it('T02: a running span has a row and is its own sample', () => {
    const { start, counts, ask } = createTracez();
    start('span 1');
    expect(counts()).toEqual([['span 1', 1, 0, ...none]]);
    expect(ask({ kind: 'running', name: 'span 1' }).spans.map(({ name }) => name)).toEqual(['span 1']);
  });

  it('T03: an ended span counts in its latency bucket, its sample says how long it took', () => {
    const { run, counts, ask } = createTracez();
    run('span 1', { nanos: 30 });
    expect(counts()).toEqual([['span 1', 0, 0, ...only(0)]]);
    const [sample] = ask({ kind: 'latency', name: 'span 1', bucket: 0 }).samples;
    expect(sample).toMatchObject({ name: 'span 1', durationNanos: 30, running: false });
  });

  it('T04: an error counts as one, not as a latency', () => {
    const { run, counts, ask } = createTracez();
    run('span 1', { error: 'span cancelled' });
    expect(counts()).toEqual([['span 1', 0, 1, ...none]]);
    const { samples } = ask({ kind: 'error', name: 'span 1' });
    expect(samples).toMatchObject([{ status: 'ERROR', statusMessage: 'span cancelled' }]);
    expect(ask({ kind: 'latency', name: 'span 1', bucket: 0 }).samples).toEqual([]);
  });

  it('T05: running spans count by name', () => {
    const { start, counts, ask } = createTracez();
    for (const name of ['span 1', 'span 2', 'span 2', 'span 3', 'span 3', 'span 3']) start(name);
    expect(counts().map(([name, running]) => [name, running])).toEqual([
      ['span 1', 1],
      ['span 2', 2],
      ['span 3', 3],
    ]);
    const samples = ['span 1', 'span 2', 'span 3'].map((name) => ask({ kind: 'running', name }).spans.length);
    expect(samples).toEqual([1, 2, 3]);
  });

  it('T06: latencies count in the buckets they fall into, samples stand in order of end', () => {
    const { run, counts, ask } = createTracez();
    const latencies: Record<string, number[]> = {
      'span 1': [10, 4600],
      'span 2': [38_888, 98_768, 983_251],
      'span 3': [1_234_567, 1_234_567, 9_999_999_999_999],
    };
    for (const [name, all] of Object.entries(latencies)) for (const nanos of all) run(name, { nanos });
    expect(counts()).toEqual([
      ['span 1', 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0],
      ['span 2', 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0],
      ['span 3', 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1],
    ]);
    const sampled = (name: string, bucket: number) =>
      ask({ kind: 'latency', name, bucket }).samples.map(({ durationNanos }) => durationNanos);
    expect(sampled('span 1', 0)).toEqual([10, 4600]);
    expect([sampled('span 2', 1), sampled('span 2', 2)]).toEqual([[38_888, 98_768], [983_251]]);
    expect([sampled('span 3', 3), sampled('span 3', 8)]).toEqual([
      [1_234_567, 1_234_567],
      [9_999_999_999_999],
    ]);
  });

  it('T07: errors count by name, their messages stand in order', () => {
    const { run, counts, ask } = createTracez();
    for (const [name, times] of [
      ['span 1', 1],
      ['span 2', 2],
      ['span 3', 5],
    ] as const) {
      for (let i = 1; i <= times; i++) run(name, { error: `error ${i}` });
    }
    expect(counts().map(([name, , errors]) => [name, errors])).toEqual([
      ['span 1', 1],
      ['span 2', 2],
      ['span 3', 5],
    ]);
    const messages = ask({ kind: 'error', name: 'span 3' }).samples.map((one) => one.statusMessage);
    expect(messages).toEqual(['error 1', 'error 2', 'error 3', 'error 4', 'error 5']);
  });

  it('T11: stand in order of their names, however they came', () => {
    const { start, run, counts } = createTracez();
    start('span 2');
    run('span 1');
    run('span 3', { error: 'bad' });
    expect(counts().map(([name]) => name)).toEqual(['span 1', 'span 2', 'span 3']);
  });

  it('T16: two looks with nothing between them see the same', () => {
    const { clock, start, run, all } = createTracez();
    run('a', { nanos: 5 * ms });
    start('b');
    run('c', { error: 'bad' });
    const first = all();
    clock.nowMs += 500;
    const second = all();
    expect(second.rows).toEqual(first.rows);
    expect(second.totals).toEqual(first.totals);
  });

  it('T21, T22: 2 ms fall into bucket 3; with an error into none', () => {
    const { run, counts } = createTracez();
    run('fine', { nanos: 2 * ms });
    run('bad', { nanos: 2 * ms, error: 'bad' });
    expect(counts()).toEqual([
      ['bad', 0, 1, ...none],
      ['fine', 0, 0, ...only(3)],
    ]);
  });

  it('N27: details are right although nobody asked for the rows before', () => {
    const { start, run, ask } = createTracez();
    run('a', { nanos: 5 * ms });
    run('a', { error: 'bad' });
    start('a');
    expect(ask({ kind: 'latency', name: 'a', bucket: 3 })).toMatchObject({
      count: 1,
      lowerNanos: 1e6,
      upperNanos: 1e7,
    });
    expect(ask({ kind: 'error', name: 'a' })).toMatchObject({ count: 1 });
    expect(ask({ kind: 'running', name: 'a' })).toMatchObject({ count: 1 });
  });
});

describe('a query that cannot be answered', () => {
  it('T29: says not_found for an unknown name, invalid_argument for a bucket that is none', () => {
    const { aggregator, run } = createTracez();
    run('a');
    const unknown = aggregator.query({ kind: 'latency', name: 'b', bucket: 0 });
    expect(unknown).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(aggregator.query({ kind: 'error', name: 'b' })).toMatchObject({ error: { code: 'not_found' } });
    expect(aggregator.query({ kind: 'running', name: 'b' })).toMatchObject({ error: { code: 'not_found' } });
    expect(aggregator.query({ kind: 'latency', name: 'a', bucket: 9 })).toEqual({
      ok: false,
      error: { code: 'invalid_argument', message: 'A latency bucket is a whole number from 0 to 8, got 9' },
    });
  });

  it.each([-1, 9, 1.5, Number.NaN, 'x', null, undefined])('T37: bucket %s is refused', (bucket) => {
    const { aggregator, run } = createTracez();
    run('a');
    const result = aggregator.query({ kind: 'latency', name: 'a', bucket: bucket as number });
    expect(result).toMatchObject({ ok: false, error: { code: 'invalid_argument' } });
  });

  it('refuses limits and kinds that are none, and changes nothing by it', () => {
    const { aggregator, start, all } = createTracez();
    start('a');
    const before = all();
    for (let i = 0; i < 1000; i++) {
      expect(aggregator.query({ kind: 'running', limit: -1 })).toMatchObject({ ok: false });
      expect(aggregator.query({ kind: 'nonsense' } as never)).toMatchObject({ ok: false });
      expect(aggregator.query({ kind: 'error', name: `unknown ${i}` })).toMatchObject({ ok: false });
    }
    expect(all()).toEqual(before);
  });
});
