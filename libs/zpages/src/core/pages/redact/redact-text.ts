import { isSecretKey, REDACTED } from './secret-key.js';

// Cheap to run on every string: without one of these no rule below can match.
const SUSPICIOUS = /[=@"']|\b(?:bearer|basic)\s|eyJ|(?:authorization|cookie|api-key|password|secret):/i;

/**
 * Text without what looks like a credential: `user:password@` in URLs, values of secret parameters and
 * properties (`token=…`, `"password":"…"`), `Bearer …`, `Basic …`, JSON web tokens. The rest stays as it is.
 * Every pattern takes time linear in the text.
 */
export function redactText(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return text
    .replaceAll(/(?<=\b[a-z][a-z0-9+.-]{1,30}:\/\/)[^\s/?#"'<>]{1,4096}@/gi, `${REDACTED}@`)
    .replaceAll(/\b(bearer)\s+[\w.~+/=-]{4,}/gi, `$1 ${REDACTED}`)
    .replaceAll(/\b([Bb]asic|BASIC)\s+(?=\S*[A-Z0-9=])[\w+/=-]{4,}/g, `$1 ${REDACTED}`)
    .replaceAll(/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, REDACTED)
    .replaceAll(
      /(?<![\w.~%[\]-])([\w.~%[\]-]{1,128})(\s?=\s?)("[^"]*"|'[^']*'|[^\s&;,"'<>]+)/g,
      (whole, key: string, equals: string, _value, at: number, all: string) => {
        const inUrl = /[?&]/.test(all[at - 1] ?? '');
        return isSecretKey(key) || (inUrl && isSecretParameter(key)) ? `${key}${equals}${REDACTED}` : whole;
      },
    )
    .replaceAll(
      /(["'])([\w.~ -]{1,128})\1(\s{0,4}:\s{0,4})("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[\w.+-]+)/g,
      (whole, quote: string, key: string, colon: string) =>
        isSecretKey(key) ? `${quote}${key}${quote}${colon}"${REDACTED}"` : whole,
    )
    .replaceAll(
      /(?<![\w.-])([\w-]{1,64})(:\s?)([^\s,;"'<>&]{1,4096})/g,
      (whole, key: string, colon: string) => (isHeader(key) ? `${key}${colon}${REDACTED}` : whole),
    );
}

/** Short names that mean a secret in a URL's query and nothing elsewhere. */
function isSecretParameter(key: string): boolean {
  return /^(?:key|sig|code|auth|pw|pass|x-goog-credential)$/i.test(key);
}

/** A header line in a text. The scheme of a URL or the word before any other colon is none. */
function isHeader(key: string): boolean {
  return /^(?:(?:proxy-)?authorization|(?:set-)?cookie|x-api-key|password|secret)$/i.test(key);
}
