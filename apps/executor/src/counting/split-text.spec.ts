import { describe, expect, it } from 'vitest';
import { countWords } from './count-words.js';
import { mergeCounts } from './merge-counts.js';
import { splitText } from './split-text.js';

const LIMIT = 2 * 1024 * 1024;

describe('splitText', () => {
  it.each([
    ['nothing', ''],
    ['one word', 'hello'],
    ['two words', 'hello there'],
    ['one word of 2 MiB', 'x'.repeat(LIMIT)],
    ['a text of 2 MiB', 'lorem ipsum '.repeat(LIMIT / 12)],
    ['pairs of surrogates only', '😀'.repeat(1001)],
    ['letters beyond the first plane', '𝒳𝒴 '.repeat(333)],
    ['joined words', "well-known l'été don’t ".repeat(99)],
    ['combining marks', 'e\u0301te\u0301 '.repeat(99)],
  ])('cuts %s into chunks that together are the text and lose no word', (_name, text) => {
    const chunks = splitText(text);
    expect(chunks.length).toBeGreaterThanOrEqual(2);
    expect(chunks.length).toBeLessThanOrEqual(8);
    expect(chunks.join('') === text).toBe(true);
    const { chunks: _count, ...whole } = mergeCounts([countWords(text)]);
    expect(mergeCounts(chunks.map((chunk) => countWords(chunk)))).toMatchObject(whole);
  });

  it('never cuts a surrogate pair, wherever the middle falls', () => {
    for (let length = 0; length < 20; length += 1) {
      for (const chunk of splitText('a'.repeat(length % 3) + '😀'.repeat(length))) {
        expect(chunk).not.toMatch(/\p{Surrogate}/u);
      }
    }
  });

  it('cuts near the middle', () => {
    expect(splitText('to be or not to be')).toEqual(['to be or not', ' to be']);
  });
});
