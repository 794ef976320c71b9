import type { Summary } from '../messages.js';

/** Words of a chunk, each with its count. */
export type WordCounts = ReadonlyMap<string, number>;

/** What the chunks of a text amount to. */
export function summarise(chunks: readonly WordCounts[]): Summary {
  const unique = new Set(chunks.flatMap((counts) => [...counts.keys()]));
  const counted = chunks.flatMap((counts) => [...counts.values()]);
  return {
    words: counted.reduce((sum, count) => sum + count, 0),
    uniqueWords: unique.size,
    longestWord: [...unique].reduce((longest, word) => (word.length > longest.length ? word : longest), ''),
    chunks: chunks.length,
  };
}
