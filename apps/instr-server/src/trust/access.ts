import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { quoted } from '@distrace/nest-server';
import { ServerProblem } from '../problem.js';

/** `agent` asks for weaving, `publisher` changes what is served, `reader` looks at the status. */
export type Role = 'agent' | 'publisher' | 'reader';

/** What a token allows. */
export interface TokenGrant {
  /** At least 16 characters. */
  readonly token: string;
  readonly role: Role | readonly Role[];
  /** For an agent: the one service it speaks for. Default: any. */
  readonly service?: string;
}

/** Who asks. */
export interface Identity {
  readonly roles: readonly Role[];
  readonly service?: string;
  /** Tells clients apart without naming their token. */
  readonly id: string;
}

/** Everyone where no token is asked for: a server without tokens listens on this machine only. */
const ANYONE: Identity = { roles: ['agent', 'reader'], id: 'open' };

/** Finds out who asks, by `Authorization`. */
export class Access {
  readonly #grants: readonly { readonly digest: Buffer; readonly identity: Identity }[];

  /** No grants: everyone may do what agents and readers may, nobody may publish. */
  constructor(grants: readonly TokenGrant[]) {
    this.#grants = grants.map(({ token, role, service }, index) => ({
      digest: digestOf(token),
      identity: { roles: typeof role === 'string' ? [role] : role, service, id: `token ${index}` },
    }));
  }

  get isOpen(): boolean {
    return this.#grants.length === 0;
  }

  /** Who asks. @throws ServerProblem 401 without a known token, 403 without the role. */
  check(request: IncomingMessage, ...roles: Role[]): Identity {
    const identity = this.isOpen ? ANYONE : this.#find(request, roles);
    if (roles.some((role) => identity.roles.includes(role))) return identity;
    throw new ServerProblem(
      403,
      'DT_ERR_SERVER_FORBIDDEN',
      `This takes a token of the role ${roles.join(' or ')}, got ${this.isOpen ? 'a server without tokens' : identity.roles.join()}. Give the server such a token and send it.`,
    );
  }

  #find(request: IncomingMessage, roles: readonly Role[]): Identity {
    const token = tokenOf(request, roles.includes('reader'));
    if (token !== undefined) {
      const digest = digestOf(token);
      // All of them, each in constant time: how long it takes says nothing.
      let found: Identity | undefined;
      for (const grant of this.#grants) {
        if (timingSafeEqual(grant.digest, digest)) found = grant.identity;
      }
      if (found) return found;
    }
    throw new ServerProblem(
      401,
      'DT_ERR_SERVER_TOKEN',
      `A request must have "Authorization: Bearer" and a token of this server, got ${token === undefined ? 'none' : 'another one'}. Set the token that the server was given.`,
      { headers: { 'WWW-Authenticate': roles.includes('reader') ? 'Basic realm="distrace"' : 'Bearer' } },
    );
  }
}

/** @throws ServerProblem 403 when a token speaks for another service. */
export function checkService(identity: Identity, service: string): void {
  if (identity.service === undefined || identity.service === service) return;
  throw new ServerProblem(
    403,
    'DT_ERR_SERVER_FORBIDDEN',
    `This token speaks for the service ${quoted(identity.service)}, got ${quoted(service)}. Use that service's own token.`,
  );
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/**
 * Bearer; for pages also the password of Basic, which is what a browser can ask a person for. Never for what changes
 * anything: a browser sends it along with other sites' forms.
 */
function tokenOf({ headers, method }: IncomingMessage, isPage: boolean): string | undefined {
  const [scheme = '', value = ''] = (headers.authorization ?? '').split(' ', 2);
  if (/^bearer$/i.test(scheme)) return value;
  if (!isPage || method === 'POST' || !/^basic$/i.test(scheme)) return undefined;
  const pair = Buffer.from(value, 'base64').toString();
  return pair.slice(pair.indexOf(':') + 1);
}
