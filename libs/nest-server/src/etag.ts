import type { IncomingMessage } from 'node:http';

/** Whether the request has this content already. */
export function hasEtag({ headers }: IncomingMessage, etag: string): boolean {
  const known = headers['if-none-match']?.split(',').map((one) => one.trim()) ?? [];
  return known.some((one) => one.replace(/^W\//, '') === etag || one === '*');
}
