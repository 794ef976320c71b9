import type { IncomingMessage } from 'node:http';
import { quoted, ZpagesProblem } from './problem.js';

/** What somebody who was let in may see. */
export interface Access {
  /** Whether values that look like secrets are shown to them. */
  readonly sensitive: boolean;
}

/**
 * Decides about a request: false denies; true shows everything but secrets; `{ sensitive: true }` shows
 * those too. Anything else, a throw and a rejection deny.
 */
export type Authorize = (request: IncomingMessage) => boolean | Access | Promise<boolean | Access>;

/** What {@link admit} goes by. */
export interface GateOptions {
  /** Host names, without port, that a request may come under besides loopback ones; `*` for any. */
  readonly allowedHosts: readonly string[];
  readonly authorize: Authorize | undefined;
}

/**
 * Headers that proxies, content networks and tunnels add to what they send on.
 * libs/messaging/src/zpages-settings.ts has the same list, which a test compares.
 */
const FORWARDING =
  /^(?:x-(?:forwarded|original|client|real|envoy|cluster)(?:-|$)|(?:forwarded|via|cf-connecting-ip|cf-ray|true-client-ip|fastly-client-ip|cdn-loop|max-forwards|tailscale-user-login)$)/;

/** The name or address in `host`, `host:port`, `[v6]`, `[v6]:port` or a bare IPv6 address; lower case. */
export function hostOf(text: string): string | undefined {
  const match =
    /^(?:\[([0-9a-f:.]+)\](?::\d*)?|([0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*)|([^\s:/@[\]]+)(?::\d*)?)$/i.exec(
      text,
    );
  return (match?.[1] ?? match?.[2] ?? match?.[3])?.toLowerCase().replace(/\.$/, '');
}

/** Whether a host name or an address (with or without port) is this machine's own. Malformed ones are not. */
export function isLoopback(text: string | undefined): boolean {
  const host = text === undefined ? undefined : hostOf(text);
  if (host === undefined) return false;
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '::1' ||
    /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(host)
  );
}

/**
 * Lets a request in or not. A page on loopback is reachable by any web site that points its own name at
 * 127.0.0.1, hence the check of `Host`; and a proxy on this machine makes everybody look local, hence no
 * forwarded request without `authorize`.
 *
 * @throws ZpagesProblem 403.
 */
export async function admit(request: IncomingMessage, options: GateOptions): Promise<Access> {
  checkHost(request.headers.host, options.allowedHosts);
  if (options.authorize === undefined) {
    checkLocal(request);
    return { sensitive: false };
  }
  let access: Access | undefined;
  try {
    access = accessOf(await options.authorize(request));
  } catch (cause) {
    throw denied('authorize failed for this request', cause);
  }
  if (access === undefined) throw denied('authorize refused this request');
  return access;
}

function accessOf(decision: unknown): Access | undefined {
  if (decision === true) return { sensitive: false };
  if (typeof decision !== 'object' || decision === null) return undefined;
  // Read once: a getter may give another thing the next time.
  const { sensitive } = decision as Partial<Access>;
  return typeof sensitive === 'boolean' ? { sensitive } : undefined;
}

function checkHost(header: string | undefined, allowedHosts: readonly string[]): void {
  if (isLoopback(header) || allowedHosts.includes('*')) return;
  const host = header === undefined ? undefined : hostOf(header);
  if (host !== undefined && allowedHosts.some((allowed) => hostOf(allowed) === host)) return;
  throw new ZpagesProblem(
    403,
    'DT_ERR_ZPAGES_HOST',
    `These pages answer under localhost and the names in allowedHosts; got ${header === undefined ? 'no Host' : `the Host ${quoted(header)}`}. Add the name to allowedHosts if it is yours.`,
  );
}

function checkLocal(request: IncomingMessage): void {
  if (!isLoopback(request.socket.remoteAddress)) {
    throw denied('without authorize only this machine is let in, and the request comes from elsewhere');
  }
  const header = Object.keys(request.headers).find((name) => FORWARDING.test(name));
  if (header !== undefined) {
    throw denied(`without authorize only this machine is let in, and ${header} says that a proxy sent it on`);
  }
  // No browser and no client of today speaks it, but nginx does, and adds no header unless it is told to.
  if (request.httpVersion === '1.0') {
    throw denied('without authorize only this machine is let in, and HTTP/1.0 looks like a proxy');
  }
}

function denied(why: string, cause?: unknown): ZpagesProblem {
  return new ZpagesProblem(
    403,
    'DT_ERR_ZPAGES_DENIED',
    `Who may see these pages is for the option authorize to say: ${why}.`,
    { cause },
  );
}
