/** V8 makes substrings of at least this length point into the text they were cut from. */
const MIN_SLICED_LENGTH = 13;

/**
 * The first `maxLength` UTF-16 units of a text, less one where that would part a surrogate pair.
 * `text` itself where it is short enough.
 */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const last = text.charCodeAt(maxLength - 1);
  const partsPair = last >= 0xd800 && last <= 0xdbff && isLow(text.charCodeAt(maxLength));
  return text.slice(0, partsPair ? maxLength - 1 : maxLength);
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/**
 * The same text in memory of its own. A kept substring keeps the whole text it came from, so that a header of
 * 20 characters can hold a body of 10 MB. Also right for lone surrogates.
 */
export function ownText(text: string): string {
  return text.length < MIN_SLICED_LENGTH ? text : (JSON.parse(JSON.stringify(text)) as string);
}

/**
 * The one copy of this text that the engine compares by address; map look-ups with names that stand in source
 * code then never read characters.
 */
export function internText(text: string): string {
  return Object.keys({ [ownText(text)]: 0 })[0] ?? '';
}

/** Sorts by code units: the same on every machine, whatever its language. */
export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** The text of anything thrown. Never throws. */
export function errorText(error: unknown, maxLength = 200): string {
  try {
    return ownText(
      cutText(error instanceof Error ? `${error.name}: ${error.message}` : String(error), maxLength),
    );
  } catch {
    return 'unreadable error';
  }
}
