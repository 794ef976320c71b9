import { describe, expect, it } from 'vitest';
import { formatDuration } from './duration.js';
import { displayWidth, fitText, harmlessText } from './text.js';

describe('displayWidth', () => {
  it.each([
    ['plain', 5],
    ['日本', 4],
    ['🎉', 2],
    ['e\u0301', 1],
    ['├ █', 3],
    ['', 0],
  ])('gives %j %i columns', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('fitText', () => {
  it.each([
    ['abc', 5, 'abc  '],
    ['abcdef', 5, 'abcd…'],
    ['日本語', 4, '日… '],
    ['abc', 0, ''],
  ])('fits %j to %i columns', (text, width, expected) => {
    expect(fitText(text, width, '…')).toBe(expected);
  });
});

describe('harmlessText', () => {
  it('takes escape sequences, line ends, direction marks and zero-width characters out', () => {
    expect(harmlessText('a\u001b[31mb\nc\u202ed\u200be', '?')).toBe('a?[31mb?c?d?e');
    expect(harmlessText('ünïcode 🎉 日本', '?')).toBe('ünïcode 🎉 日本');
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0µs'],
    [999, '999µs'],
    [1000, '1ms'],
    [1250, '1.25ms'],
    [207_400, '207ms'],
    [999_499, '999ms'],
    [999_600, '1s'],
    [1_540_000, '1.54s'],
    [59_940_000, '59.9s'],
    [59_960_000, '1m 00s'],
    [125_000_000, '2m 05s'],
    [3_600_000_000, '1h 00m'],
    [90_000_000_000, '25h 00m'],
  ])('writes %i µs as %s', (micros, text) => {
    expect(formatDuration(micros)).toBe(text);
  });

  it('keeps to ASCII if asked', () => {
    expect(formatDuration(5, { unicode: false })).toBe('5us');
  });
});
