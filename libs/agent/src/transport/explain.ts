import { isLoopback } from '../args/connection.js';
import type { Endpoint } from './request.js';

/** What is known of a connection that failed. */
export interface Broken {
  /** Whether it was made for this request and ended before a single byte came. */
  readonly isSilent: boolean;
}

const ALERT = 0x15;
const HANDSHAKE = 0x16;

/** What OpenSSL says of a certificate, and what a person can do. */
const CERTIFICATE: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired; give it a new one',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; compare the clocks',
};

const OF_ANOTHER_CA = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]);

/** The same error, with what to do about it where its cause is usual: TLS on one side only, a private CA. */
export function explain(error: unknown, endpoint: Endpoint, { isSilent }: Broken): unknown {
  const {
    code = '',
    message = '',
    rawPacket,
  } = (error ?? {}) as Partial<NodeJS.ErrnoException> & {
    readonly rawPacket?: Uint8Array;
  };
  if (endpoint.socketPath !== undefined) return error;
  const said =
    endpoint.tls === true ? ofTls(code, message, endpoint) : ofPlain(code, rawPacket, endpoint, isSilent);
  return said === undefined ? error : new Error(said, { cause: error });
}

/** What a server that speaks TLS answers to plain HTTP, where it answers at all. */
export function speaksTls(text: string): boolean {
  return /\bHTTPS\b/i.test(text) && /plain HTTP|HTTP request/i.test(text);
}

/** `host:port`, an IPv6 address in brackets. */
export function authorityOf({ host = '', port }: Endpoint): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** What to do when a server speaks TLS and was asked without. */
export function useTls(endpoint: Endpoint): string {
  return `connection=https://${authorityOf(endpoint)}`;
}

function ofPlain(
  code: string,
  packet: Uint8Array | undefined,
  endpoint: Endpoint,
  isSilent: boolean,
): string | undefined {
  if (code.startsWith('HPE_') && (packet?.[0] === ALERT || packet?.[0] === HANDSHAKE)) {
    return `it answers with TLS; ask with ${useTls(endpoint)}`;
  }
  if (!isSilent || (code !== 'ECONNRESET' && code !== 'EPIPE')) return undefined;
  return `it closed the connection without a word; where it speaks TLS, ask with ${useTls(endpoint)}`;
}

function ofTls(code: string, message: string, endpoint: Endpoint): string | undefined {
  if (
    /wrong[ _]version[ _]number|packet[ _]length[ _]too[ _]long|http[ _]request/i.test(`${code} ${message}`)
  ) {
    const beyond = isLoopback(endpoint.host ?? '') ? '' : ', which beyond this machine takes insecure=true';
    return `it speaks no TLS; give it a certificate, or ask with connection=${authorityOf(endpoint)}${beyond}`;
  }
  if (OF_ANOTHER_CA.has(code)) {
    return `its certificate is of no authority that Node knows (${code}); start the app with NODE_EXTRA_CA_CERTS=/path/ca.pem`;
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `its certificate is for other names than ${endpoint.host}; name the server as its certificate does`;
  }
  return CERTIFICATE[code];
}
