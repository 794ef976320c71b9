/** Control and format characters (they move cursors and turn text around), and breaks of lines. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** A text of somebody else's, fit for one line on a terminal: without control characters, at most so many long. */
export function printable(text: string, maxChars: number): string {
  // Shortened first: what came may be megabytes.
  const line = text
    .slice(0, 4 * maxChars)
    .replaceAll(UNPRINTABLE, ' ')
    .trim();
  return line.length > maxChars ? `${line.slice(0, maxChars)}…` : line;
}
