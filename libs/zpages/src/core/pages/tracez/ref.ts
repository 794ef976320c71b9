import { createHash } from 'node:crypto';
import { queryString } from '../../http/target.js';
import type { ZpagesCore } from '../../query.js';
import { redactText } from '../redact/redact-text.js';

/** How a request names a row. */
export type Ref =
  | { readonly by: 'name'; readonly name: string }
  | { readonly by: 'hash'; readonly hash: string }
  | { readonly by: 'overflow' };

/** Longer names are linked to by their hash: a table row has a dozen links. */
const MAX_LINKED_LENGTH = 200;

/**
 * The query parameters that lead to a row, without `?`: `name=…` with any string, or `hash=…` where the name is
 * long or holds a secret that must not stand in a link, or `overflow=1`.
 */
export function refOf({ name, overflow }: { readonly name: string; readonly overflow?: boolean }): string {
  if (overflow === true) return 'overflow=1';
  const plain = name.length <= MAX_LINKED_LENGTH && redactText(name) === name;
  return queryString(plain ? { name } : { hash: hashOf(name) }).slice(1);
}

/** 64 bits of SHA-256 over the UTF-16 of a name, so lone surrogates differ too. */
export function hashOf(name: string): string {
  return createHash('sha256').update(Buffer.from(name, 'utf16le')).digest('hex').slice(0, 16);
}

/** The name that a hash stands for; looks through all rows. */
export function nameOfHash(core: ZpagesCore, hash: string): string | undefined {
  const result = core.query({ kind: 'aggregations' });
  if (!result.ok) return undefined;
  return result.answer.rows.find((row) => row.overflow !== true && hashOf(row.name) === hash)?.name;
}
