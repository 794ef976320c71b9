/** No JSON text has one of these as it is: it would be written as `\u0001`. */
const FIRST_MARK = 0x01;
const MARKS = 0x1f;
/** The second character; the first one that JSON may hold as it is. All are one byte: a wide one would double a text. */
const FIRST_CODE = 0x20;
const CODES_PER_MARK = 0xff - FIRST_CODE + 1;
const MAX_CODES = MARKS * CODES_PER_MARK;
const MAX_PART_CHARS = 2000;
/** Of all parts together: whoever sends what never comes again may take this much and no more. */
const MAX_CHARS = 1024 * 1024;

/**
 * Two characters for each of the first 6944 texts that are asked for. The same text gets the same answer for as long as
 * this lives; what it knows is never forgotten.
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
    return String.fromCharCode(
      FIRST_MARK + Math.floor(at / CODES_PER_MARK),
      FIRST_CODE + (at % CODES_PER_MARK),
    );
  }

  /** A text with its codes replaced. */
  expand(text: string): string {
    let whole = '';
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const mark = text.charCodeAt(at);
      if (mark >= FIRST_MARK + MARKS) continue;
      const part = (mark - FIRST_MARK) * CODES_PER_MARK + text.charCodeAt(at + 1) - FIRST_CODE;
      whole += text.slice(from, at) + this.#parts[part]!;
      from = at + 2;
      at += 1;
    }
    return from === 0 ? text : whole + text.slice(from);
  }
}
