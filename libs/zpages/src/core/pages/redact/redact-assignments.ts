import { isSecretKey, REDACTED } from './secret-key.js';

/** How a name and its value stand beside each other in a text. */
interface Form {
  /** Global; ends where the value begins, and has the groups `key`, and `escape` where quotes are escaped. */
  readonly pattern: RegExp;
  isSecret(key: string, text: string, at: number): boolean;
  /** Where the value ends that begins at `from`; `from` itself for none. */
  endOf(text: string, from: number): number;
  /** What stands for the value. */
  shown(escape: string): string;
}

const plain = () => REDACTED;

/** `key=value`, also with blanks around the `=`. */
const equation: Form = {
  pattern: /(?<![\w.~%[\]-])(?<key>[\w.~%[\]-]+)\s{0,16}=\s{0,16}/g,
  isSecret: (key, text, at) =>
    isSecretKey(key) || (/[?&#]/.test(text[at - 1] ?? '') && isSecretParameter(key)),
  endOf: endOfWord(/[^\s&;,"'<>]+/y),
  shown: plain,
};

/** The same, percent-encoded once or more often. */
const encodedEquation: Form = {
  pattern: /(?<![\w.~-])(?<key>[\w.~-]+)%(?:25){0,3}3D/gi,
  isSecret(key, text, at) {
    // What comes before the name is the rest of an escape.
    const name = text[at - 1] === '%' ? key.replace(/^(?:25)*[0-9a-f]{2}/i, '') : key;
    return isSecretKey(name) || isSecretParameter(name);
  },
  endOf: endOfWord(/(?:(?!%(?:25){0,3}(?:26|23|3B))[^\s&;,"'<>])+/iy),
  shown: plain,
};

/** `"key": value` of JSON, also within texts of JSON, and `'key': value`. */
const property: Form = {
  pattern: /(?<!\\)(?<escape>\\*)(["'])(?<key>[^"'\\]+)\k<escape>\2\s{0,64}:\s{0,64}/g,
  isSecret: isSecretKey,
  endOf: endOfValue,
  shown: (escape) => `${escape}"${REDACTED}${escape}"`,
};

/** `key: value` as in headers, YAML and literals of JavaScript. */
const line: Form = {
  pattern: /(?<![\w.-])(?<key>[\w.-]+)(?::\s{1,64}|:(?=\S))/g,
  isSecret(key, text, at) {
    const hasBlank = /\s/.test(text[at + key.length + 1] ?? '');
    return hasBlank ? isSecretKey(key) && !SUBJECTS.test(key) : HEADERS.test(key);
  },
  endOf: endOfWord(/[^\s,;"'<>&}\]]+/y),
  shown: plain,
};

/** `--key value` of a command line. */
const option: Form = {
  pattern: /(?<![\w-])--(?<key>[\w-]+)\s{1,16}/g,
  isSecret: isSecretKey,
  endOf: endOfWord(/[^\s"'<>]+/y),
  shown: plain,
};

/** Words that people write before a colon: `auth: login failed`. */
const SUBJECTS = /^(?:auth|authentication|session|pass)$/i;

/** Headers that need no blank after their colon to be one. */
const HEADERS = /^(?:x-[\w-]*(?:key|token|secret)|password|secret)$/i;

/** The text without the values of secret names, in whichever form they stand. */
export function redactAssignments(text: string): string {
  let clean = text;
  if (clean.includes(':')) clean = redactForm(redactForm(clean, property), line);
  if (clean.includes('=')) clean = redactForm(clean, equation);
  if (clean.includes('--')) clean = redactForm(clean, option);
  return clean.includes('%') ? redactForm(clean, encodedEquation) : clean;
}

/** What follows a name that is no secret is looked at again: `next=/x?token=…`. */
function redactForm(text: string, { pattern, isSecret, endOf, shown }: Form): string {
  let clean = '';
  let done = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const { key = '', escape = '' } = match.groups ?? {};
    if (!isSecret(key, text, match.index)) continue;
    const from = pattern.lastIndex;
    const end = endOf(text, from);
    if (end === from || text.startsWith(REDACTED, from)) continue;
    clean += text.slice(done, from) + shown(escape);
    done = end;
    pattern.lastIndex = end;
  }
  return done === 0 ? text : clean + text.slice(done);
}

/** Ends a word, or a text in quotes, which the end of the text ends too. */
function endOfWord(word: RegExp): (text: string, from: number) => number {
  return (text, from) => {
    const quote = text[from];
    if (quote === '"' || quote === "'") return endOfQuoted(text, from, 0, quote);
    word.lastIndex = from;
    return word.test(text) ? word.lastIndex : from;
  };
}

function endOfValue(text: string, from: number): number {
  if (text[from] === '[' || text[from] === '{') return endOfBrackets(text, from);
  const opening = /(\\*)(["'])|[^\s,}\]"'\\]+/y;
  opening.lastIndex = from;
  const match = opening.exec(text);
  if (match === null) return from;
  const [whole, escape = '', quote] = match;
  if (quote === undefined) return from + whole.length;
  return endOfQuoted(text, from + escape.length, escape.length, quote);
}

/** A quote ends a text when it is no deeper escaped than the one at `at`, which has `depth` backslashes before it. */
function endOfQuoted(text: string, at: number, depth: number, quote: string): number {
  let last = at;
  for (;;) {
    const end = text.indexOf(quote, last + 1);
    if (end === -1) return text.length;
    let backslashes = 0;
    while (end - 1 - backslashes > last && text[end - 1 - backslashes] === '\\') backslashes++;
    if (depth === 0 ? backslashes % 2 === 0 : backslashes <= depth) return end + 1;
    last = end;
  }
}

function endOfBrackets(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '[' || text[at] === '{') depth++;
    else if ((text[at] === ']' || text[at] === '}') && --depth === 0) return at + 1;
  }
  return text.length;
}

/** Short names that mean a secret in a URL's query and nothing elsewhere. */
function isSecretParameter(key: string): boolean {
  return /^(?:key|sig|code|auth|pw|pass|x-goog-credential)$/i.test(key);
}
