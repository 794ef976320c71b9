/** Longer values are no longer what one looks for, and make addresses that nobody can send. */
const MOST_LENGTH = 200;

/** The search of the list that finds spans with this tag; undefined where Zipkin's query cannot say it: it has no
 * quotes, so its words end at ` and `, and a key at `=`. */
export function tagQuery(key: string, value: string): string | undefined {
  if (key === '' || key.includes('=') || !isSayable(key)) return undefined;
  if (value === '') return key;
  return value.length <= MOST_LENGTH && isSayable(value) ? `${key}=${value}` : undefined;
}

function isSayable(text: string): boolean {
  return text === text.trim() && !/\sand\s/i.test(` ${text} `) && !/[\n\r]/.test(text);
}
