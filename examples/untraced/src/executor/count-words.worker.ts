import type { ChunkJob } from './executor.js';
import type { WordCounts } from './summarise.js';

// Letters and digits; an apostrophe or a dash joins two of them.
const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’-]+[\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*/gu;

/** Runs in a worker thread, once per chunk. The same word in other case is the same. */
export default function countWords({ chunk }: ChunkJob): WordCounts {
  const counts = new Map<string, number>();
  for (const [word] of chunk.matchAll(WORD)) {
    const key = word.toLowerCase();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
