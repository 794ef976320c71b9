import { keyId } from '@distrace/instrumentation/wire';
import { AgentError, reasonOf } from '../errors.js';

/** The keys of `public_key`: a list, or `@` and a file with one per line or between commas. Throws `DT_ERR_AGENT_ARGS`. */
export function pinnedKeys(written: string, readText: (path: string) => string): readonly string[] {
  try {
    const text = written.startsWith('@') ? readText(written.slice(1)) : written;
    const keys = text.match(/-----BEGIN PUBLIC KEY-----[\s\S]+?-----END PUBLIC KEY-----|[^\s,]+/g);
    if (keys === null) throw new Error('no key');
    for (const key of keys) keyId(key);
    return keys;
  } catch (error) {
    throw new AgentError(
      'DT_ERR_AGENT_ARGS',
      `public_key takes one or more public keys as \`distrace keys create\` prints them, got ${JSON.stringify(written)}: ${reasonOf(error)}`,
    );
  }
}
