const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Cuts the UTF-8 text of a JSON list between elements into parts of about `partBytes`, each a list of its own once it
 * stands in brackets. Gives undefined and ends when the text is no list by its brackets; whether the parts are JSON
 * is for a parser to say, and they are if and only if the whole is.
 */
export function* cutJsonList(text: Uint8Array, partBytes: number): Generator<Uint8Array | undefined, void> {
  const first = skipSpace(text, 0);
  if (text[first] !== OPEN_LIST) return yield undefined;
  let start = first + 1;
  let depth = 1;
  for (let at = start; at < text.length; at++) {
    const byte = text[at]!;
    if (byte === QUOTE) at = endOfString(text, at);
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      depth -= 1;
      if (depth === 0) return yield lastPart(text, { start, end: at, isOnly: start === first + 1 });
    } else if (byte === COMMA && depth === 1 && at - start >= partBytes) {
      yield text.subarray(start, at);
      start = at + 1;
    }
  }
  return yield undefined;
}

/** Nothing but space may follow the list, and something must follow a comma. */
function lastPart(
  text: Uint8Array,
  { start, end, isOnly }: { readonly start: number; readonly end: number; readonly isOnly: boolean },
): Uint8Array | undefined {
  const isList = text[end] === CLOSE_LIST && skipSpace(text, end + 1) === text.length;
  const isEmpty = skipSpace(text, start) === end;
  return isList && (isOnly || !isEmpty) ? text.subarray(start, end) : undefined;
}

/** The index of the closing quote, or the text's length. */
function endOfString(text: Uint8Array, open: number): number {
  let at = open + 1;
  while (at < text.length && text[at] !== QUOTE) at += text[at] === BACKSLASH ? 2 : 1;
  return at;
}

function skipSpace(text: Uint8Array, from: number): number {
  let at = from;
  while (
    at < text.length &&
    (text[at] === 0x20 || text[at] === 0x0a || text[at] === 0x0d || text[at] === 0x09)
  )
    at += 1;
  return at;
}
