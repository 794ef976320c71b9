/** Which page an address asks for. */
export type Route =
  | { readonly page: 'list' }
  | {
      readonly page: 'trace';
      readonly traceId: string;
      /** The file it was read from; without one it is the server's. */
      readonly file?: string;
    }
  | { readonly page: 'dependencies' };

/** Below this the page lives, as Zipkin's does. */
const BASE = '/zipkin/';

/** The parts of an address. */
interface Address {
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
}

/** Reads an address: Zipkin's own paths, and `#/trace/{id}` as some tools write it. */
export function readRoute({ pathname, search, hash }: Address): Route {
  const traceId = (/^#\/traces?\/([0-9a-f]{1,32})(?:[?/]|$)/i.exec(hash) ??
    /\/traces\/([0-9a-f]{1,32})\/?$/i.exec(pathname))?.[1];
  if (traceId !== undefined) {
    const file = readSearch({ search, hash }).get('file');
    return { page: 'trace', traceId: normaliseTraceId(traceId), ...(file && { file }) };
  }
  if (/\/dependenc(?:y|ies)\/?$/.test(pathname)) return { page: 'dependencies' };
  return { page: 'list' };
}

/** The search part of an address; that of `#/trace/{id}?…` counts too. */
export function readSearch({ search, hash }: Pick<Address, 'search' | 'hash'>): URLSearchParams {
  const inHash = hash.indexOf('?');
  return new URLSearchParams(inHash === -1 ? search : hash.slice(inHash));
}

/** The address of a page. */
export function writeRoute(route: Route, search?: URLSearchParams): string {
  const all = new URLSearchParams(search);
  if (route.page === 'trace' && route.file !== undefined) all.set('file', route.file);
  return `${BASE}${pathOf(route)}${all.size > 0 ? `?${all}` : ''}`;
}

/** Trace ids have 16 or 32 digits; shorter ones lost their zeros. */
export function normaliseTraceId(text: string): string {
  const id = text.trim().toLowerCase();
  const padded = id.padStart(id.length <= 16 ? 16 : 32, '0');
  return padded.length === 32 && padded.startsWith('0'.repeat(16)) ? padded.slice(16) : padded;
}

/** Forms of a trace id that people have at hand, the id first. */
const WRITTEN_IDS: readonly RegExp[] = [
  // W3C's traceparent, with or without the header's name.
  /^(?:traceparent\s*[:=]\s*)?[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/i,
  // b3 in one header, and what the tag `distrace.links` holds.
  /^(?:b3\s*[:=]\s*)?([0-9a-f]{16}|[0-9a-f]{32})-[0-9a-f]{16}(?:-[01d](?:-[0-9a-f]{16})?)?$/i,
  /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i,
  /(?:^|\/traces?\/)([0-9a-f]{1,32})(?:[/?#]|$)/i,
];

/** The trace id in a text that somebody typed or pasted: with or without its leading zeros, as a UUID, in a
 * `traceparent`, or in a link. */
export function findTraceId(text: string): string | undefined {
  const plain = text.trim().replace(/^(["'])(.*)\1$/, '$2');
  for (const form of WRITTEN_IDS) {
    const id = form.exec(plain)?.[1]?.replaceAll('-', '');
    if (id !== undefined && /[^0]/.test(id)) return normaliseTraceId(id);
  }
  return undefined;
}

function pathOf(route: Route): string {
  if (route.page === 'trace') return `traces/${route.traceId}`;
  return route.page === 'dependencies' ? 'dependency' : '';
}
