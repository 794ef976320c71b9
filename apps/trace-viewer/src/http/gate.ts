import type { IncomingMessage } from 'node:http';
import { isForeign, isKnownHost, quoted } from '@distrace/nest-server';
import { ViewerProblem } from '../problem.js';

/** Who may ask. */
export interface GateOptions {
  /** Host names, without port, that the viewer answers under besides loopback names and IP addresses; `*` for any. */
  readonly allowedHosts: readonly string[];
  /** Origins of other web pages that may read and send, such as `http://localhost:3000`; `*` for any. */
  readonly allowedOrigins: readonly string[];
}

/**
 * Refuses what a web page of somebody else's can make a browser send, by `Host` and by `Origin`.
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
  if (!isForeign(request)) return undefined;
  const got = origin === undefined ? 'another site' : `the origin ${quoted(origin)}`;
  throw new ViewerProblem(
    403,
    'DT_ERR_VIEWER_ORIGIN',
    `Web pages may ask here from the viewer's own origin and those it allows, got ${got}. Add it to DISTRACE_VIEWER_ALLOWED_ORIGINS if it is yours.`,
  );
}

function checkHost(header: string | undefined, allowedHosts: readonly string[]): void {
  if (isKnownHost(header, allowedHosts)) return;
  const got = header === undefined ? 'no Host' : `the Host ${quoted(header)}`;
  throw new ViewerProblem(
    403,
    'DT_ERR_VIEWER_HOST',
    `The viewer answers under localhost, IP addresses and the names it was given, got ${got}. Add the name to DISTRACE_VIEWER_ALLOWED_HOSTS if it is yours.`,
  );
}
