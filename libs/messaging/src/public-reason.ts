import { errorText } from './error-text.js';

const MAX_CHARS = 300;

const QUOTED_PATH = /(['"`])(?:file:\/\/)?(?:\/|[A-Za-z]:\\)([^'"`]*)\1/g;
// Not the slashes of a URL, of a relative path or of and/or.
const PATH = /(?<![\w./~-])(?:file:\/\/)?(?:\/(?!\/)|[A-Za-z]:\\)[^\s'"`()<>,;]+/g;

/** What may be said of an error to whoever is outside: the first line of its message, of each absolute path only the last part. */
export function publicReason(error: unknown): string {
  const line = (errorText(error).split(/[\r\n]/, 1)[0] ?? '').slice(0, MAX_CHARS);
  return line
    .replaceAll(QUOTED_PATH, (_all, quote: string, path: string) => `${quote}${lastPart(path)}${quote}`)
    .replaceAll(PATH, lastPart);
}

function lastPart(path: string): string {
  return path.split(/[/\\]/).findLast((part) => part !== '') ?? '';
}
