import { describe, expect, it } from 'vitest';
import { retryAfterMs } from './retry-after.js';

describe('retryAfterMs', () => {
  it.each([
    ['7', 7000],
    ['Thu, 01 Jan 1970 00:01:00 GMT', 60_000],
    ['Thursday, 01-Jan-70 00:01:00 GMT', 60_000],
    ['0x10', undefined],
    ['1e3', undefined],
    ['-7', undefined],
    ['1.5', undefined],
    ['2099', 2_099_000],
    ['2099-01-01', undefined],
    ['0', undefined],
    ['', undefined],
    ['soon', undefined],
  ])('takes "%s" for %s', (header, expected) => {
    expect(retryAfterMs(header, 0)).toBe(expected);
  });
});
