import { keyId } from '@distrace/instrumentation/wire';
import { AgentError, reasonOf } from '../errors.js';
import { shown } from '../args/shown.js';

const KEY = /-----BEGIN PUBLIC KEY-----[\s\S]+?-----END PUBLIC KEY-----|[^\s,]+/g;

/**
 * The keys of `public_key`: between commas keys and, each with `@` before it, files of keys, which stand one per line
 * or between commas. Throws `DT_ERR_AGENT_ARGS`.
 */
export function pinnedKeys(written: string, readText: (path: string) => string): readonly string[] {
  const keys = written
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .flatMap((part) => keysOf(part, readText));
  if (keys.length === 0) throw refuse(written, 'no key');
  return [...new Set(keys)];
}

function keysOf(part: string, readText: (path: string) => string): readonly string[] {
  try {
    const keys = (part.startsWith('@') ? readText(part.slice(1)) : part).match(KEY);
    if (keys === null) throw new Error('it holds no key');
    for (const key of keys) keyId(key);
    return keys;
  } catch (error) {
    throw refuse(part, reasonOf(error));
  }
}

function refuse(written: string, why: string): AgentError {
  return new AgentError(
    'DT_ERR_AGENT_ARGS',
    `public_key takes public keys as \`distrace keys create\` prints them, or @files of them, between commas; got ${shown(written)}: ${why}`,
  );
}
