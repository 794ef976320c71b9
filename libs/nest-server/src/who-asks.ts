import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** The name or address in `host`, `host:port` or `[v6]:port`; lower case. Undefined for anything else. */
export function hostOf(text: string): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:/@[\]]+))(?::\d*)?$/i.exec(text);
  return (match?.[1] ?? match?.[2])?.toLowerCase().replace(/\.$/, '');
}

/**
 * Whether a `Host` is one to answer under: a loopback name, an address, or an allowed name; `*` allows any. A web page
 * of somebody else's can point its own name at 127.0.0.1, so a name must be known; an address is always what it says.
 */
export function isKnownHost(header: string | undefined, allowedHosts: readonly string[]): boolean {
  if (allowedHosts.includes('*')) return true;
  const host = header === undefined ? undefined : hostOf(header);
  return host !== undefined && (isSafeName(host) || allowedHosts.includes(host));
}

function isSafeName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || isIP(host) !== 0;
}

/** Whether an origin is that of the server's own pages. */
export function isOwnOrigin(origin: string, host: string | undefined): boolean {
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}

/**
 * Whether a page of another origin makes the browser ask, which it can without asking first. Following a link from
 * another site is fine; loading parts is not, and neither is a form that sends.
 */
export function isForeign({ headers, method }: Pick<IncomingMessage, 'headers' | 'method'>): boolean {
  const { origin, host } = headers;
  if (origin !== undefined) return !isOwnOrigin(origin, host);
  const isLink = headers['sec-fetch-mode'] === 'navigate' && (method === 'GET' || method === 'HEAD');
  return headers['sec-fetch-site'] === 'cross-site' && !isLink;
}
