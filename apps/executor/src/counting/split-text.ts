const CHUNK_CHARS = 256 * 1024;
const MIN_CHUNKS = 2;
const MAX_CHUNKS = 8;

// Whatever can neither be in a word nor join two halves of one.
const BETWEEN_WORDS = /[^\p{L}\p{M}\p{N}'’-]/gu;

/**
 * Cuts a text into 2 to 8 chunks of about equal length which together are the text. No chunk border lies in a
 * word, so a chunk of a text with few words may be empty.
 */
export function splitText(text: string): readonly string[] {
  const wanted = Math.ceil(text.length / CHUNK_CHARS);
  const chunkCount = Math.min(MAX_CHUNKS, Math.max(MIN_CHUNKS, wanted));
  const chunks: string[] = [];
  let start = 0;
  for (let index = 1; index < chunkCount; index += 1) {
    const ideal = Math.round((text.length * index) / chunkCount);
    const end = Math.max(start, nextBorder(text, ideal));
    chunks.push(text.slice(start, end));
    start = end;
  }
  chunks.push(text.slice(start));
  return chunks;
}

/** The first place at or after `from` where no word is cut. */
function nextBorder(text: string, from: number): number {
  BETWEEN_WORDS.lastIndex = isLowSurrogate(text, from) ? from + 1 : from;
  return BETWEEN_WORDS.exec(text)?.index ?? text.length;
}

function isLowSurrogate(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff;
}
