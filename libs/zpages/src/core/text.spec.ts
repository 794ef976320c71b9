import { describe, expect, it } from 'vitest';
import { byCodeUnits, cutText, errorText, internText, ownText } from './text.js';

describe('texts', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'abc'],
    ['ab😀', 3, 'ab'],
    ['ab😀', 4, 'ab😀'],
    ['a\ud83dxyz', 2, 'a\ud83d'],
  ])('%j cut at %i is %j', (text, at, expected) => {
    expect(cutText(text, at)).toBe(expected);
  });

  it.each([
    '',
    'short',
    'long enough to be a slice',
    '日本語'.repeat(10),
    '\ud800 lone \udfff',
    '__proto__',
    '42',
  ])('%j is the same text in its own memory, and as the one copy', (text) => {
    expect(ownText(text)).toBe(text);
    expect(internText(text)).toBe(text);
  });

  it('are sorted by code units', () => {
    expect(['b', 'a', 'B', 'é', 'a'].toSorted(byCodeUnits)).toEqual(['B', 'a', 'a', 'b', 'é']);
  });

  it('of what was thrown are found without throwing', () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
      },
    );
    expect(errorText(new TypeError('bad'))).toBe('TypeError: bad');
    expect(errorText('text')).toBe('text');
    expect(errorText(hostile)).toBe('unreadable error');
    expect(errorText(Object.create(null))).toBe('unreadable error');
  });
});
