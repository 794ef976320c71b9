import type { ResultMessage } from '@distrace/messaging';
import type { WordCounts } from './count-words.js';

/** What the chunks of a text amount to. */
export type Summary = Pick<ResultMessage, 'words' | 'uniqueWords' | 'longestWord' | 'topWords' | 'chunks'>;

const TOP_WORDS = 10;
/** A "word" can be the whole text; a result stays small all the same. */
const MAX_WORD_CODE_POINTS = 200;

/** Merges the counts of all chunks. Ties go to the word that comes first in the text. */
export function mergeCounts(
  chunks: readonly WordCounts[],
  { topWords = false }: { readonly topWords?: boolean } = {},
): Summary {
  const merged = new Map<string, number>();
  let words = 0;
  for (const chunk of chunks) {
    for (const [word, count] of chunk) {
      merged.set(word, (merged.get(word) ?? 0) + count);
      words += count;
    }
  }
  return {
    words,
    uniqueWords: merged.size,
    longestWord: shorten(longestOf(merged.keys())),
    ...(topWords ? { topWords: mostFrequent(merged) } : {}),
    chunks: chunks.length,
  };
}

function longestOf(words: Iterable<string>): string {
  let longest = '';
  let longestLength = 0;
  for (const word of words) {
    // Code points are never more than code units: most words need no second look.
    if (word.length <= longestLength) continue;
    const length = codePoints(word);
    if (length > longestLength) {
      longest = word;
      longestLength = length;
    }
  }
  return longest;
}

function mostFrequent(counts: WordCounts): [string, number][] {
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, TOP_WORDS)
    .map(([word, count]) => [shorten(word), count]);
}

function shorten(word: string): string {
  if (word.length <= MAX_WORD_CODE_POINTS) return word;
  const points = Array.from(word.slice(0, 2 * MAX_WORD_CODE_POINTS + 1));
  return points.length > MAX_WORD_CODE_POINTS ? `${points.slice(0, MAX_WORD_CODE_POINTS).join('')}…` : word;
}

function codePoints(word: string): number {
  return word.length - (word.match(/[\u{10000}-\u{10FFFF}]/gu)?.length ?? 0);
}
