import type { IncomingMessage } from 'node:http';

/** The path that was asked for, without the query. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

/** One parameter of the query. */
export function queryOf({ url = '/' }: IncomingMessage, name: string): string | undefined {
  const query = url.indexOf('?');
  return query === -1 ? undefined : (new URLSearchParams(url.slice(query)).get(name) ?? undefined);
}
