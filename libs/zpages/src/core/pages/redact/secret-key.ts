/** What stands in place of a secret, in every format. */
export const REDACTED = '[redacted]';

const SECRET =
  /authorization|cookie|passwo?r?d|passphrase|passcode|secret|token|apikey|credential|privatekey|accesskey|signingkey|encryptionkey|signature|jwt|bearer|sessionid|connectionstring|connstr|(?:^|db|user|redis|mongo|amqp)(?:pwd|pass)$|^auth$|[^a-z]sig$/;

/** Names with a secret word in them that count or describe instead. */
const HARMLESS = /(?:tokens|tokencount|tokentype|tokenlimit|cookiecount|passwordless|signaturemethod)$/;

/**
 * Whether the value of an attribute, parameter or property of this name is a secret: `authorization`, `cookie`,
 * `password`, `token`, `api key`, `secret`, `credential`, `signature` and the like, whatever separates or
 * surrounds the words (`http.request.header.x-api-key`, `dbPassword`, `X-Amz-Security-Token`).
 */
export function isSecretKey(key: string): boolean {
  const squashed = decoded(key)
    .toLowerCase()
    .replaceAll(/[\s._~:/[\]-]/g, '');
  return SECRET.test(squashed) && !HARMLESS.test(squashed);
}

function decoded(key: string): string {
  if (!key.includes('%')) return key;
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
