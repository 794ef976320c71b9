import { describe, expect, it } from 'vitest';
import { bucketLabel, bytes, count, duration, durationMs, moment, roundMs } from './format.js';

describe('numbers for people', () => {
  it.each([
    [0, '0'],
    [-1, '0'],
    [Number.NaN, '0'],
    [1, '1 ns'],
    [999, '999 ns'],
    [1000, '1.00 µs'],
    [9_994, '9.99 µs'],
    [9_996, '10.0 µs'],
    [99_960, '100 µs'],
    [999_600, '1.00 ms'],
    [1_234_567, '1.23 ms'],
    [1e9, '1.00 s'],
    [45e9, '45.0 s'],
    [60e9, '1 min'],
    [200e9, '3 min 20 s'],
    [7500e9, '2 h 5 min'],
    [349_200e9, '4 d 1 h'],
    [3_600_005e6, '1 h'],
  ])('%d ns is %s', (nanos, text) => {
    expect(duration(nanos)).toBe(text);
  });

  it('say thousands, bytes and moments', () => {
    expect([0, 999, 1000, 1_234_567, 2 ** 40].map(count)).toEqual([
      '0',
      '999',
      '1,000',
      '1,234,567',
      '1,099,511,627,776',
    ]);
    expect([0, 1023, 1536, 20 * 1024 ** 2].map(bytes)).toEqual(['0 B', '1023 B', '1.5 KiB', '20.0 MiB']);
    expect(moment(1_700_000_000_123_456)).toBe('2023-11-14 22:13:20.123456');
    expect(moment(-1)).toBe('1969-12-31 23:59:59.999999');
    expect(moment(1e22)).toBe('1e+22 µs');
    expect(moment(Number.NaN)).toBe('NaN µs');
  });

  it('leave out the zeros of what somebody set', () => {
    expect([5000, 1500, 100, 50, 60_000].map(roundMs)).toEqual(['5 s', '1.50 s', '100 ms', '50 ms', '1 min']);
    expect(durationMs(5000)).toBe('5.00 s');
  });

  it('label the latency buckets as every zPages did', () => {
    expect([0, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11].map(bucketLabel).join(' ')).toBe(
      '>0us >10us >100us >1ms >10ms >100ms >1s >10s >100s',
    );
    expect([500, 2_500_000].map(bucketLabel)).toEqual(['>500ns', '>2.5ms']);
  });
});
