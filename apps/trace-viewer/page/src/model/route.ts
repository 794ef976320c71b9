/** Which page an address asks for. */
export type Route =
  | { readonly page: 'list' }
  | { readonly page: 'trace'; readonly traceId: string }
  | { readonly page: 'dependencies' };

/** Below this the page lives, as Zipkin's does. */
const BASE = '/zipkin/';

/** Reads an address: Zipkin's own paths, and `#/trace/{id}` as some tools write it. */
export function readRoute({ pathname, hash }: { readonly pathname: string; readonly hash: string }): Route {
  const traceId = (/^#\/traces?\/([0-9a-f]{1,32})(?:[?/]|$)/i.exec(hash) ??
    /\/traces\/([0-9a-f]{1,32})\/?$/i.exec(pathname))?.[1];
  if (traceId !== undefined) return { page: 'trace', traceId: normaliseTraceId(traceId) };
  if (/\/dependenc(?:y|ies)\/?$/.test(pathname)) return { page: 'dependencies' };
  return { page: 'list' };
}

/** The search part of an address; that of `#/trace/{id}?…` counts too. */
export function readSearch({
  search,
  hash,
}: {
  readonly search: string;
  readonly hash: string;
}): URLSearchParams {
  const inHash = hash.indexOf('?');
  return new URLSearchParams(inHash === -1 ? search : hash.slice(inHash));
}

/** The address of a page. */
export function writeRoute(route: Route, search?: URLSearchParams): string {
  const query = search?.toString();
  return `${BASE}${pathOf(route)}${query ? `?${query}` : ''}`;
}

/** Trace ids have 16 or 32 digits; shorter ones lost their zeros. */
export function normaliseTraceId(text: string): string {
  const id = text.trim().toLowerCase();
  const padded = id.padStart(id.length <= 16 ? 16 : 32, '0');
  return padded.length === 32 && padded.startsWith('0'.repeat(16)) ? padded.slice(16) : padded;
}

/** The trace id in a text that somebody typed or pasted, a link included. */
export function findTraceId(text: string): string | undefined {
  const match = /(?:^|\/traces?\/)([0-9a-f]{16}(?:[0-9a-f]{16})?)(?:[/?#]|$)/i.exec(text.trim());
  return match ? normaliseTraceId(match[1]!) : undefined;
}

function pathOf(route: Route): string {
  if (route.page === 'trace') return `traces/${route.traceId}`;
  return route.page === 'dependencies' ? 'dependency' : '';
}
