const MAX_LENGTH = 200;

/** Somebody's text as an error message may quote it: short, and without the user and password of a URL. That URL may
 * be malformed, so everything up to the last `@` goes. */
export function shownText(text: string): string {
  const at = text.lastIndexOf('@');
  const slashes = text.indexOf('//');
  if (at < 0) return cut(text);
  const start = slashes >= 0 && slashes < at ? slashes + 2 : 0;
  return cut(`${text.slice(0, start)}***${text.slice(at)}`);
}

/** The beginning of a text that may be long. */
export function cut(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}… (${text.length} characters)`;
}
