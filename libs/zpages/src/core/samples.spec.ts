import { describe, expect, it } from 'vitest';
import { createTracez } from './tracez.spec.helper.js';
import type { AggregatorOptions } from './options.js';

const seconds = (n: number): number => n * 1e9;

/** The latencies of the samples of bucket 0. */
function sampledNanos(tracez: ReturnType<typeof createTracez>, bucket = 0): number[] {
  return tracez.ask({ kind: 'latency', name: 'a', bucket }).samples.map(({ durationNanos }) => durationNanos);
}

/** Ends one span a second, of 1 ns, 2 ns … */
function oneASecond(times: number, options: AggregatorOptions) {
  const tracez = createTracez({ sampleIntervalMs: 1000, ...options });
  for (let i = 1; i <= times; i++) {
    tracez.clock.nowMs += 1000;
    tracez.run('a', { nanos: i });
    void tracez.processor.forceFlush();
  }
  return tracez;
}

describe('samples', () => {
  it('T09: of six errors the last five stay', () => {
    const { run, ask } = createTracez();
    for (let i = 1; i <= 6; i++) run('a', { error: `error span ${i}` });
    const { count, samples } = ask({ kind: 'error', name: 'a' });
    expect(count).toBe(6);
    expect(samples.map((one) => one.statusMessage)).toEqual([2, 3, 4, 5, 6].map((i) => `error span ${i}`));
  });

  it('T10: of six latencies the last five stay, the count is true', () => {
    const tracez = createTracez();
    for (const nanos of [90, 9999, 2000, 0, 4990, 50]) tracez.run('a', { nanos });
    expect(tracez.all().rows[0]?.latency[0]).toBe(6);
    expect(sampledNanos(tracez)).toEqual([9999, 2000, 0, 4990, 50]);
  });

  it('T25: six of the same bucket leave five', () => {
    const tracez = createTracez();
    for (let i = 0; i < 6; i++) tracez.run('a', { nanos: seconds(3) });
    expect(tracez.all().rows[0]?.latency[6]).toBe(6);
    expect(sampledNanos(tracez, 6)).toHaveLength(5);
  });

  it('T26: the oldest goes first, never one that is younger', () => {
    const tracez = createTracez({ samplesPerBucket: 3 });
    const seen: number[][] = [];
    for (let i = 1; i <= 6; i++) {
      tracez.run('a', { nanos: i });
      seen.push(sampledNanos(tracez));
    }
    expect(seen).toEqual([[1], [1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [4, 5, 6]]);
  });

  it('T31: ten places fill up, then hold the last ten', () => {
    const grown = Array.from(
      { length: 20 },
      (_, i) => sampledNanos(oneASecond(i + 1, { samplesPerBucket: 10 })).length,
    );
    expect(grown).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10]);
    expect(sampledNanos(oneASecond(20, { samplesPerBucket: 10 }))).toEqual([
      11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
    ]);
  });

  it('T32: a thousand ends within a moment leave one sample, the first, and count a thousand', () => {
    const tracez = createTracez({ sampleIntervalMs: 1000 });
    for (let i = 1; i <= 1000; i++) {
      tracez.run('a', { nanos: i });
      if (i === 500) tracez.clock.nowMs += 999;
    }
    expect(tracez.all().rows[0]?.latency[0]).toBe(1000);
    expect(sampledNanos(tracez)).toEqual([1]);
  });

  it('T33: without places nothing is kept, everything counted', () => {
    const tracez = createTracez({ samplesPerBucket: 0 });
    tracez.run('a');
    tracez.run('a', { error: 'bad' });
    expect(tracez.all().rows).toMatchObject([{ errors: 1, latency: [1, 0, 0, 0, 0, 0, 0, 0, 0] }]);
    expect(sampledNanos(tracez)).toEqual([]);
    expect(tracez.all().self).toMatchObject({ samples: 0, sampleBytes: 0 });
  });

  it('T41: of one more than there are places the first goes, for latencies and for errors', () => {
    const { run, ask } = createTracez({ samplesPerBucket: 3 });
    const spans = [1, 2, 3, 4].map(() => run('a').context.spanId);
    const errors = [1, 2, 3, 4].map(() => run('a', { error: 'bad' }).context.spanId);
    const latency = ask({ kind: 'latency', name: 'a', bucket: 0 });
    expect(latency.samples.map(({ spanId }) => spanId)).toEqual(spans.slice(1));
    expect(ask({ kind: 'error', name: 'a' }).samples.map(({ spanId }) => spanId)).toEqual(errors.slice(1));
  });

  it('T53: sampled and unsampled traces each have their second', () => {
    const { run, ask } = createTracez({ sampleIntervalMs: 1000 });
    for (let bucket = 0; bucket < 9; bucket++) {
      const nanos = bucket === 0 ? 1 : 10 ** (bucket + 3);
      for (const sampled of [true, false, true, false]) run('a', { nanos }, { sampled });
    }
    const kept = Array.from({ length: 9 }, (_, bucket) =>
      ask({ kind: 'latency', name: 'a', bucket }).samples.map(({ sampled }) => sampled),
    );
    expect(kept).toEqual(Array.from({ length: 9 }, () => [true, false]));
  });

  it('a class that comes often leaves the other its half of the places', () => {
    const { run, ask } = createTracez({ samplesPerBucket: 4 });
    for (let i = 0; i < 3; i++) run('a', {}, { sampled: true });
    for (let i = 0; i < 100; i++) run('a', {}, { sampled: false });
    const kept = () =>
      ask({ kind: 'latency', name: 'a', bucket: 0 }).samples.filter(({ sampled }) => sampled);
    expect(kept()).toHaveLength(2);
    run('a', {}, { sampled: true });
    expect(kept()).toHaveLength(2);
  });

  it('N05: an end that lies in the future, or a clock that was, closes no bucket', () => {
    const tracez = createTracez({ sampleIntervalMs: 1000 });
    const span = tracez.start('a');
    span.endTime = [span.startTime[0] + 3600, 0];
    tracez.end(span, { nanos: seconds(3600) });
    for (let i = 0; i < 3; i++) {
      void tracez.processor.forceFlush();
      tracez.clock.nowMs += 2000;
      tracez.run('a', { nanos: seconds(3600) });
    }
    expect(sampledNanos(tracez, 8)).toHaveLength(4);
    tracez.clock.nowMs -= 3_600_000;
    tracez.run('a', { nanos: seconds(3600) });
    expect(sampledNanos(tracez, 8)).toHaveLength(5);
  });

  it('together they have no more bytes than they may; the oldest go, of whatever name', () => {
    const { run, ask, all } = createTracez({ maxSampleBytes: 4000 });
    for (let i = 0; i < 20; i++) {
      run('a', {}).attributes = { big: 'x' };
      const span = run('b');
      span.attributes = { big: 'x'.repeat(500) };
      expect(all().self.sampleBytes).toBeLessThanOrEqual(4000);
    }
    const { samples, samplesEvicted } = all().self;
    expect(samples).toBeGreaterThan(1);
    expect(samplesEvicted).toBeGreaterThan(0);
    expect(ask({ kind: 'latency', name: 'b', bucket: 0 }).samples.length).toBeGreaterThan(0);
    expect(all().totals.latency).toBe(40);
  });
});
