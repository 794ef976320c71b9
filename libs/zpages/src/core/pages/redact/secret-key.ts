/** What stands in place of a secret, in every format. */
export const REDACTED = '[redacted]';

/** In a key without what separates its words. */
const SECRET = new RegExp(
  [
    'authorization|cookie|passwo?r?d|passphrase|passcode|secret|token|credential|signature|jwt|bearer',
    'apikey|privatekey|accesskey|signingkey|encryptionkey|accountkey|masterkey|sshkey|storagekey|sharedkey|sessionkey',
    'sessionid|sessid|csrf|xsrf|codeverifier|connectionstring|connstr',
    '(?:^|db|user|redis|mongo|amqp|pg|mysql|smtp)(?:pwd|pass)$|[^a-z]sig$',
  ].join('|'),
);

/** Keys with a secret word in them that count or describe instead. */
const HARMLESS =
  /(?:^|[^a-z])tokens$|(?:input|output|prompt|completion|total|max|min|used?|cached|reasoning|thinking|num|of|read|write|creation|usage)tokens$|tokens?(?:counts?|types?|limit|usage|used|length|total)$|cookiecount$|passwordless$|signaturemethod$/;

/** Words that mean a secret where a key ends with them, and nothing within another word (`author`, `bypass`). */
const LAST_WORDS: ReadonlySet<string> = new Set(
  ['auth', 'authentication', 'dsn', 'otp', 'totp', 'pass', 'pwd', 'session', 'sid'].concat(['hmac', 'mfa']),
);

/**
 * Whether the value of an attribute, parameter or property of this name is a secret: `authorization`, `cookie`,
 * `password`, `token`, `api key`, `secret`, `credential`, `signature` and the like, whatever separates or
 * surrounds the words (`http.request.header.x-api-key`, `dbPassword`, `X-Amz-Security-Token`).
 */
export function isSecretKey(key: string): boolean {
  const plain = plainOf(key);
  const words = plain
    .replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, ' ')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');
  if (LAST_WORDS.has(words.at(-1) ?? '') || (words.at(-2) === 'auth' && words.at(-1) === 'header'))
    return true;
  const squashed = plain.toLowerCase().replaceAll(/[\s._~:/[\]-]/g, '');
  return SECRET.test(squashed) && !HARMLESS.test(squashed);
}

/** Without escapes, accents, wide forms and what cannot be seen. */
function plainOf(key: string): string {
  const text = decoded(key);
  return /^[\x20-\x7e]*$/.test(text) ? text : text.normalize('NFKD').replaceAll(/[^\x20-\x7e]/g, '');
}

function decoded(key: string): string {
  if (!key.includes('%')) return key;
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
