import { expect, it } from 'vitest';
import { fromDateField, readRange, toDateField } from './range.js';

const read = (text: string) => readRange(new URLSearchParams(text));

it('reads a range, one side of it, and a time to look back from an end', () => {
  expect(read('startTs=1000&endTs=5000')).toEqual({ startTs: '1000', endTs: '5000' });
  expect(read('endTs=5000')).toEqual({ startTs: '', endTs: '5000' });
  expect(read('endTs=5000&lookback=900')).toEqual({ startTs: '4100', endTs: '5000' });
  expect(read('endTs=5&lookback=900')).toEqual({ startTs: '0', endTs: '5' });
  expect(read('lookback=900&startTs=-1&endTs=soon')).toEqual({ startTs: '', endTs: '' });
});

it('shows a moment in the time of the place, and takes it back', () => {
  const ms = Date.parse('2026-03-29T12:34:56');
  expect(toDateField(String(ms))).toBe('2026-03-29T12:34:56');
  expect(fromDateField('2026-03-29T12:34:56')).toBe(String(ms));
  expect(fromDateField('2026-03-29T12:34')).toBe(String(ms - 56_000));
  expect(toDateField('')).toBe('');
  expect(fromDateField('')).toBe('');
});
