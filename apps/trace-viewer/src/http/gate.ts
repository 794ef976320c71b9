import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { quoted, ViewerProblem } from '../problem.js';

/** Who may ask. */
export interface GateOptions {
  /** Host names, without port, that the viewer answers under besides loopback names and IP addresses; `*` for any. */
  readonly allowedHosts: readonly string[];
  /** Origins of other web pages that may read and send, such as `http://localhost:3000`; `*` for any. */
  readonly allowedOrigins: readonly string[];
}

/** The name or address in `host`, `host:port` or `[v6]:port`; lower case. Undefined for anything else. */
export function hostOf(text: string): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:/@[\]]+))(?::\d*)?$/i.exec(text);
  return (match?.[1] ?? match?.[2])?.toLowerCase().replace(/\.$/, '');
}

/**
 * Refuses what a web page of somebody else's can make a browser send. Such a page can point its own name at
 * 127.0.0.1, hence the look at `Host`: a name must be known, an address is always what it says. And it can post
 * without asking, hence the look at `Origin`.
 *
 * @returns the value of `Access-Control-Allow-Origin`; undefined for none.
 * @throws ViewerProblem 403.
 */
export function admit(
  request: IncomingMessage,
  { allowedHosts, allowedOrigins }: GateOptions,
): string | undefined {
  const { host, origin } = request.headers;
  checkHost(host, allowedHosts);
  if (allowedOrigins.includes('*')) return '*';
  if (origin !== undefined && allowedOrigins.includes(origin)) return origin;
  if (origin === undefined ? !isForeign(request) : isOwn(origin, host)) return undefined;
  const got = origin === undefined ? 'another site' : `the origin ${quoted(origin)}`;
  throw new ViewerProblem(
    403,
    'DT_ERR_VIEWER_ORIGIN',
    `Web pages may ask here from the viewer's own origin and those it allows, got ${got}. Add it to DISTRACE_VIEWER_ALLOWED_ORIGINS if it is yours.`,
  );
}

function checkHost(header: string | undefined, allowedHosts: readonly string[]): void {
  if (allowedHosts.includes('*')) return;
  const host = header === undefined ? undefined : hostOf(header);
  if (host !== undefined && (isSafeName(host) || allowedHosts.includes(host))) return;
  const got = header === undefined ? 'no Host' : `the Host ${quoted(header)}`;
  throw new ViewerProblem(
    403,
    'DT_ERR_VIEWER_HOST',
    `The viewer answers under localhost, IP addresses and the names it was given, got ${got}. Add the name to DISTRACE_VIEWER_ALLOWED_HOSTS if it is yours.`,
  );
}

function isSafeName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || isIP(host) !== 0;
}

/** Whether an origin is that of the viewer's own page. */
export function isOwn(origin: string, host: string | undefined): boolean {
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}

/** What a browser says of a request without `Origin`. Following a link from another site is fine; loading parts is
 * not, and neither is a form that sends. */
function isForeign({ headers, method }: IncomingMessage): boolean {
  const isLink = headers['sec-fetch-mode'] === 'navigate' && (method === 'GET' || method === 'HEAD');
  return headers['sec-fetch-site'] === 'cross-site' && !isLink;
}
