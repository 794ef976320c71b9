import { describe, expect, it } from 'vitest';
import { printable } from './printable.js';

describe('a text of somebody else', () => {
  it.each([
    ['as it is, with ä and 東', 'as it is, with ä and 東'],
    ['\u001b[31mred\u001b[0m', '[31mred [0m'],
    ['one\r\n\ttwo\u2028three\u2029four\u0000', 'one two three four'],
    ['turned \u202e round, \u009b31m, \u200b and \ud800 half', 'turned   round,  31m,   and   half'],
    ['  ', ''],
  ])('fits one line: %j', (text, line) => {
    expect(printable(text, 100)).toBe(line);
  });

  it('is cut, however long it is', () => {
    expect(printable('x'.repeat(10_000_000), 5)).toBe('xxxxx…');
    expect(printable('12345', 5)).toBe('12345');
  });
});
