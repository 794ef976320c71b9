import { describe, expect, it } from 'vitest';
import { countWords } from './count-words.js';
import { mergeCounts } from './merge-counts.js';

const words = (text: string) => [...countWords(text).keys()];

describe('countWords', () => {
  it.each([
    ['To be, or NOT to be!', ['to', 'be', 'or', 'not']],
    ["don't well-known l’été", ["don't", 'well-known', 'l’été']],
    ["'quoted' - dash --flag rock-'n'-roll", ['quoted', 'dash', 'flag', "rock-'n'-roll"]],
    ['Žluťoučký kůň 你好 мир 42', ['žluťoučký', 'kůň', '你好', 'мир', '42']],
    ['e\u0301te\u0301 été', ['été']],
    ['... \n\t 😀', []],
  ])('finds the words of %j', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });
});

describe('mergeCounts', () => {
  const summary = mergeCounts([countWords('b a a'), countWords('c b a longest')], { topWords: true });

  it('adds up the chunks', () => {
    expect(summary).toEqual({
      words: 7,
      uniqueWords: 4,
      longestWord: 'longest',
      topWords: [
        ['a', 3],
        ['b', 2],
        ['c', 1],
        ['longest', 1],
      ],
      chunks: 2,
    });
  });

  it('leaves top words out unless they are asked for', () => {
    expect(mergeCounts([countWords('a')])).not.toHaveProperty('topWords');
  });

  it('has nothing to say about a text without words', () => {
    expect(mergeCounts([countWords(''), countWords(' ')])).toEqual({
      words: 0,
      uniqueWords: 0,
      longestWord: '',
      chunks: 2,
    });
  });

  it('measures words in code points', () => {
    expect(mergeCounts([countWords('𝒳𝒴𝒵 four')]).longestWord).toBe('four');
  });

  it('shortens a word that is the whole text', () => {
    const { longestWord, topWords } = mergeCounts([countWords('𝒳'.repeat(100_000))], { topWords: true });
    expect([...longestWord]).toHaveLength(201);
    expect(topWords).toEqual([[longestWord, 1]]);
  });
});
