import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { quoted, ServerProblem } from '../problem.js';

/** Who may ask. */
export interface GateOptions {
  /**
   * Host names, without port, to answer under besides loopback names and IP addresses; `*` for any. Tokens make the
   * look at `Host` needless: a page that points its own name here has none.
   */
  readonly allowedHosts: readonly string[];
}

/** The name or address in `host`, `host:port` or `[v6]:port`; lower case. Undefined for anything else. */
export function hostOf(text: string): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:/@[\]]+))(?::\d*)?$/i.exec(text);
  return (match?.[1] ?? match?.[2])?.toLowerCase().replace(/\.$/, '');
}

/** Refuses what a web page of somebody else's can make a browser send. @throws ServerProblem 403. */
export function admit({ headers }: IncomingMessage, { allowedHosts }: GateOptions): void {
  const { host, origin } = headers;
  if (!isKnownHost(host, allowedHosts)) {
    throw new ServerProblem(
      403,
      'DT_ERR_SERVER_HOST',
      `The server answers under localhost, IP addresses and the names it was given, got ${quoted(host)} as Host. Add the name to allowedHosts if it is yours.`,
    );
  }
  const isForeign =
    origin === undefined
      ? headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate'
      : host === undefined || (origin !== `http://${host}` && origin !== `https://${host}`);
  if (isForeign) {
    throw new ServerProblem(
      403,
      'DT_ERR_SERVER_HOST',
      `Web pages may ask here from the server's own origin only, got ${quoted(origin ?? 'another site')}. Ask from a process instead.`,
    );
  }
}

function isKnownHost(header: string | undefined, allowedHosts: readonly string[]): boolean {
  if (allowedHosts.includes('*')) return true;
  const host = header === undefined ? undefined : hostOf(header);
  return host !== undefined && (isSafeName(host) || allowedHosts.includes(host));
}

function isSafeName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || isIP(host) !== 0;
}
