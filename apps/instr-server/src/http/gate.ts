import type { IncomingMessage } from 'node:http';
import { isForeign, isKnownHost, quoted } from '@distrace/nest-server';
import { ServerProblem } from '../problem.js';

/** Who may ask. */
export interface GateOptions {
  /**
   * Host names, without port, to answer under besides loopback names and IP addresses; `*` for any. Tokens make the
   * look at `Host` needless: a page that points its own name here has none.
   */
  readonly allowedHosts: readonly string[];
}

/** Refuses what a web page of somebody else's can make a browser send. @throws ServerProblem 403. */
export function admit(request: IncomingMessage, { allowedHosts }: GateOptions): void {
  const { host, origin } = request.headers;
  if (!isKnownHost(host, allowedHosts)) {
    throw new ServerProblem(
      403,
      'DT_ERR_SERVER_HOST',
      `The server answers under localhost, IP addresses and the names it was given, got ${quoted(host)} as Host. Add the name to allowedHosts if it is yours.`,
    );
  }
  if (isForeign(request)) {
    throw new ServerProblem(
      403,
      'DT_ERR_SERVER_HOST',
      `Web pages may ask here from the server's own origin only, got ${quoted(origin ?? 'another site')}. Ask from a process instead.`,
    );
  }
}
