/** No JSON text has it as it is: it would be written as `\u0001`. One mark for all, since one is found fast. */
const MARK = '\u0001';
/** What follows is one byte, as all of a code: a wide character would double a text. */
const FIRST = 0x20;
const LAST = 0xff;
/** From here on another character follows: the parts that come first are mostly the ones that come often. */
const FIRST_LONG = 0xe0;
const SHORT_CODES = FIRST_LONG - FIRST;
const SECONDS = LAST - FIRST + 1;
const MAX_CODES = SHORT_CODES + (LAST - FIRST_LONG + 1) * SECONDS;
const MAX_PART_CHARS = 2000;
/** Of all parts together: whoever sends what never comes again may take this much and no more. */
const MAX_CHARS = 1024 * 1024;

/**
 * Two or three characters for each of the first 7360 texts that are asked for. The same text gets the same answer for
 * as long as this lives; what it knows is never forgotten.
 */
export class PartCodes {
  readonly #parts: string[] = [];
  #chars = 0;

  /** A new code for a text that has none; undefined when there is no room. */
  add(part: string): string | undefined {
    const at = this.#parts.length;
    if (at >= MAX_CODES || part.length > MAX_PART_CHARS || this.#chars + part.length > MAX_CHARS)
      return undefined;
    this.#chars += part.length;
    // A slice would keep the whole text that it was cut from.
    this.#parts.push(Buffer.from(part).toString());
    if (at < SHORT_CODES) return MARK + String.fromCharCode(FIRST + at);
    const long = at - SHORT_CODES;
    return MARK + String.fromCharCode(FIRST_LONG + Math.floor(long / SECONDS), FIRST + (long % SECONDS));
  }

  /** A text with its codes replaced, behind another. */
  expand(text: string, head = ''): string {
    let whole = head;
    let from = 0;
    for (;;) {
      const at = text.indexOf(MARK, from);
      if (at === -1) return whole + text.slice(from);
      const first = text.charCodeAt(at + 1);
      const isLong = first >= FIRST_LONG;
      const place = isLong
        ? SHORT_CODES + (first - FIRST_LONG) * SECONDS + text.charCodeAt(at + 2) - FIRST
        : first - FIRST;
      whole += text.slice(from, at) + this.#parts[place]!;
      from = at + (isLong ? 3 : 2);
    }
  }
}
