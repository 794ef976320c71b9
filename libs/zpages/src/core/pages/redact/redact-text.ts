import { redactAssignments } from './redact-assignments.js';
import { REDACTED } from './secret-key.js';

// Cheap to run on every string: without one of these no rule below can match.
const SUSPICIOUS =
  /[=@"']|:\s|:\/\/|--|%(?:25)*(?:3D|40)|\b(?:bearer|basic)\s|eyJ|(?:authorization|cookie|api-key|password|secret):/i;

/**
 * Text without what looks like a credential: `user:password@` in URLs and connection strings, values of secret
 * parameters, properties, options and headers (`token=…`, `"password":"…"`, `--secret …`, `Cookie: …`),
 * `Bearer …`, `Basic …`, JSON web tokens. The rest stays as it is.
 * Every pattern takes time linear in the text: each begins where none of its own can go on from before, or is bounded.
 */
export function redactText(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  const clean = redactUserInfo(text)
    .replaceAll(/(?<![\w-])((?:proxy-)?authorization|(?:set-)?cookie)(\s?:\s?)[^\r\n]+/gi, `$1$2${REDACTED}`)
    .replaceAll(/\b(bearer)\s+[\w.~+/=-]{4,}/gi, `$1 ${REDACTED}`)
    .replaceAll(/\b([Bb]asic|BASIC)\s+(?=\S*[A-Z0-9=])[\w+/=-]{4,}/g, `$1 ${REDACTED}`)
    .replaceAll(/(?<![\w-])eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, REDACTED);
  return redactAssignments(clean);
}

function redactUserInfo(text: string): string {
  if (!/@|:\/\/|%(?:25)*40/i.test(text)) return text;
  return (
    text
      .replaceAll(/(?<=\b[a-z][a-z0-9+.-]{1,30}:\/\/)[^\s/?#"'<>]{1,4096}@/gi, `${REDACTED}@`)
      // A password with a / ? or # in it; but the digits after a host are its port.
      .replaceAll(
        /(?<=:\/\/)[^\s/?#@:"'<>[\]{]{0,256}:(?!\d{1,5}(?:[,/?#]|$)|\{)(?:(?!:\/\/)[^\s"'<>@]){1,4096}@/g,
        `${REDACTED}@`,
      )
      // Cut before its @.
      .replace(
        /(?<=:\/\/)[^\s/?#@:"'<>[\]{]{0,256}:(?!\d{0,5}(?:[,/?#]|…?$)|\{)(?:(?!:\/\/)[^\s"'<>@/?#,]){1,4096}$/,
        REDACTED,
      )
      .replaceAll(
        /(?<=%(?:25){0,3}3A(?:%(?:25){0,3}2F){2})(?:(?!%(?:25){0,3}2F)[^\s/?#"'<>&]){1,4096}?%(?:25){0,3}40/gi,
        `${REDACTED}%40`,
      )
      // As drivers of Go have it: user:password@tcp(host).
      .replaceAll(/(?<![\w.:@/-])[\w.-]{1,64}:[^\s@"'<>/]{1,256}@(?=(?:tcp|udp|unix)\()/g, `${REDACTED}@`)
  );
}
