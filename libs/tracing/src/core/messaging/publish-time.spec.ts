import { describe, expect, it } from 'vitest';
import { lagMs } from './publish-time.js';

const NOW = 1_795_000_000_000;
const lag = (timestamp_in_ms: unknown) => lagMs({ timestamp_in_ms }, NOW);

describe('the lag of a message', () => {
  it.each<[string, unknown]>([
    ['a number', NOW - 40],
    ['a bigint', BigInt(NOW - 40)],
    ['a text', String(NOW - 40)],
    ['bytes', Buffer.from(String(NOW - 40))],
    ['a list', [String(NOW - 40)]],
  ])('is the time since its publish, told by %s', (_kind, value) => {
    expect(lag(value)).toBe(40);
  });

  it('keeps fractions', () => {
    expect(lag(NOW - 0.5)).toBe(0.5);
  });

  it('is nothing when the clock of the publisher is ahead', () => {
    expect(lag(NOW + 250)).toBe(0);
  });

  it('may be of days', () => {
    expect(lag(NOW - 7 * 86_400_000)).toBe(7 * 86_400_000);
  });

  it.each<[string, unknown]>([
    ['absent', undefined],
    ['null', null],
    ['not a number', Number.NaN],
    ['infinite', Number.POSITIVE_INFINITY],
    ['negative', -NOW],
    ['in seconds', NOW / 1000],
    ['in microseconds', NOW * 1000],
    ['a huge bigint', 10n ** 400n],
    ['a word', 'yesterday'],
    ['hexadecimal', '0x1a2b3c4d5e6f'],
    ['empty', ''],
    ['a boolean', true],
    ['an object', { '!': 'timestamp', value: NOW / 1000 }],
    ['an empty list', []],
    ['a symbol', Symbol('time')],
  ])('is unknown when the time is %s', (_kind, value) => {
    expect(lag(value)).toBeUndefined();
  });

  it('is unknown without headers', () => {
    expect(lagMs(undefined, NOW)).toBeUndefined();
    expect(lagMs({}, NOW)).toBeUndefined();
  });

  it('is unknown, and nothing is thrown, when the headers cannot be read', () => {
    const trap = {
      get timestamp_in_ms(): number {
        throw new Error('not for you');
      },
    };
    expect(lagMs(trap, NOW)).toBeUndefined();
  });
});
