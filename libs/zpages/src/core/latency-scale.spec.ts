import { describe, expect, it } from 'vitest';
import { LatencyCounters } from './latency-counters.js';
import { DEFAULT_BOUNDS_NANOS, createLatencyScale } from './latency-scale.js';
import { createTracez, seededRandom } from './tracez.spec.helper.js';

const bucketOf = (nanos: number, bounds?: readonly number[]): number => {
  const { bucketOfBin, binOf } = createLatencyScale(bounds);
  return bucketOfBin[binOf(nanos)] as number;
};

describe('latency buckets', () => {
  it('T15, N31: a lower bound is inclusive', () => {
    const { run, counts } = createTracez();
    for (const nanos of DEFAULT_BOUNDS_NANOS) run('a', { nanos });
    expect(counts()).toEqual([['a', 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1]]);
    expect([9999, 10_000, 10_001].map((nanos) => bucketOf(nanos))).toEqual([0, 1, 1]);
  });

  it('T30: the defaults are nine, no bounds make one', () => {
    expect([0, 5e6, 5e9, Number.MAX_VALUE].map((nanos) => bucketOf(nanos))).toEqual([0, 3, 6, 8]);
    expect(createLatencyScale().boundsNanos).toHaveLength(9);
    expect(createLatencyScale([]).boundsNanos).toEqual([0]);
    expect([0, 1e12].map((nanos) => bucketOf(nanos, []))).toEqual([0, 0]);
  });

  it('T36: a latency below 0 counts as 0', () => {
    expect([-1, -1e12, Number.NaN, Number.NEGATIVE_INFINITY].map((nanos) => bucketOf(nanos))).toEqual([
      0, 0, 0, 0,
    ]);
  });

  it('a duration that is none counts as 0', () => {
    const { binOfTime } = createLatencyScale();
    const none = [
      [-1, 999_999_999],
      [0, Number.NaN],
      [Number.NaN, 5],
      [0, -5],
    ] as const;
    expect(none.map(binOfTime)).toEqual([0, 0, 0, 0]);
  });

  it('are the user’s where he gives bounds', () => {
    const { run, ask, all } = createTracez({ boundsNanos: [1000, 1001, 2e15] });
    for (const nanos of [0, 999, 1000, 1001, 1e15, 3e15]) run('a', { nanos });
    expect(all()).toMatchObject({ boundsNanos: [0, 1000, 1001, 2e15], rows: [{ latency: [2, 1, 2, 1] }] });
    expect(ask({ kind: 'latency', name: 'a', bucket: 3 })).not.toHaveProperty('upperNanos');
  });

  it.each([[[0, 0]], [[5, 1]], [[-1]], [[Number.NaN]], [Array.from({ length: 70 }, (_, i) => i)]])(
    'bounds %j are refused',
    (bounds) => {
      const create = () => createLatencyScale(bounds);
      expect(create).toThrow(expect.objectContaining({ code: 'DT_ERR_ZPAGES_BOUNDS' }));
    },
  );

  it('are what a search through the bounds would find, for any bounds and latencies', () => {
    const random = seededRandom(7);
    for (let i = 0; i < 40; i++) {
      const bounds = [...new Set(Array.from({ length: 12 }, () => Math.floor(10 ** (random() * 16))))];
      const { boundsNanos, bucketOfBin, binBounds, binOf, binOfTime } = createLatencyScale(
        bounds.toSorted((a, b) => a - b),
      );
      const near = boundsNanos.flatMap((bound) => [bound - 1, bound, bound + 1]);
      for (const nanos of [...near, ...Array.from({ length: 200 }, () => 10 ** (random() * 17))]) {
        const bin = binOf(nanos);
        const clamped = Math.max(0, nanos);
        expect(bucketOfBin[bin]).toBe(boundsNanos.findLastIndex((bound) => bound <= clamped));
        expect(binBounds[bin]).toBeLessThanOrEqual(clamped);
        expect(binBounds[bin + 1]).toBeGreaterThan(clamped);
        const whole = Math.floor(nanos);
        expect(binOfTime([Math.floor(whole / 1e9), ((whole % 1e9) + 1e9) % 1e9])).toBe(binOf(whole));
        expect(binOfTime([0, nanos])).toBe(bin);
      }
    }
  });
});

describe('counters of latencies', () => {
  const scale = createLatencyScale();
  const countersOf = (latencies: readonly number[]): LatencyCounters => {
    const counters = new LatencyCounters();
    for (const nanos of latencies) counters.add(scale.binOf(nanos));
    return counters;
  };

  it('N25: are right beyond 32 bits', () => {
    const counters = new LatencyCounters();
    counters.add(scale.binOf(5e6), 2 ** 32);
    counters.add(scale.binOf(5e6));
    counters.add(scale.binOf(1));
    expect(counters.total()).toBe(2 ** 32 + 2);
    expect(counters.buckets(scale)).toEqual([1, 0, 0, 2 ** 32 + 1, 0, 0, 0, 0, 0]);
  });

  it('know percentiles within 7 %, and none before the first latency', () => {
    expect(new LatencyCounters().percentiles(scale)).toBeUndefined();
    const random = seededRandom(3);
    const latencies = Array.from({ length: 10_000 }, () => 10 ** (3 + random() * 7)).toSorted(
      (a, b) => a - b,
    );
    const found = countersOf(latencies).percentiles(scale)!;
    for (const [share, gotMs] of [
      [0.5, found.p50Ms],
      [0.95, found.p95Ms],
      [0.99, found.p99Ms],
    ] as const) {
      const trueMs = (latencies[Math.ceil(latencies.length * share) - 1] as number) / 1e6;
      expect(Math.abs(gotMs - trueMs) / trueMs).toBeLessThan(0.07);
    }
  });

  it('sum up to the buckets, wherever the first latency lay', () => {
    const random = seededRandom(11);
    for (let i = 0; i < 50; i++) {
      const latencies = Array.from({ length: 30 }, () => 10 ** (random() * 14));
      const expected = scale.boundsNanos.map(() => 0);
      for (const nanos of latencies) expected[bucketOf(nanos)] = (expected[bucketOf(nanos)] as number) + 1;
      expect(countersOf(latencies).buckets(scale)).toEqual(expected);
    }
  });
});
