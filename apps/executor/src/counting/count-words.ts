// Letters and digits; an apostrophe or a dash joins two of them: don't, l'été, well-known.
const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’-]+[\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*/gu;

/** Words of a chunk in their first order, each with its count. The same word in other case is the same. */
export type WordCounts = ReadonlyMap<string, number>;

/** Counts the words of a chunk. */
export function countWords(chunk: string): WordCounts {
  const counts = new Map<string, number>();
  for (const [word] of chunk.matchAll(WORD)) {
    const key = word.normalize('NFC').toLowerCase();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
