/**
 * The same text with memory of its own. A piece that V8 cuts from a longer text keeps all of that in memory: 256
 * characters of a stranger's pattern hold on to its megabyte.
 */
export function flatText(text: string): string {
  // Not UTF-8, which has no lone surrogates: the copy must be equal.
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
