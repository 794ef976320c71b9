const CHUNK_CHARS = 256 * 1024;
const SPACE = /\s/g;

/** Cuts a text into 2 to 8 chunks of about equal length, never inside a word; one may be empty. */
export function splitText(text: string): readonly string[] {
  const count = Math.min(8, Math.max(2, Math.ceil(text.length / CHUNK_CHARS)));
  const chunks: string[] = [];
  let start = 0;
  for (let index = 1; index <= count; index += 1) {
    SPACE.lastIndex = Math.max(start, Math.round((text.length * index) / count));
    const end = index === count ? text.length : (SPACE.exec(text)?.index ?? text.length);
    chunks.push(text.slice(start, end));
    start = end;
  }
  return chunks;
}
