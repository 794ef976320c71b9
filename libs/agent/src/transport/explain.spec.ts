import { describe, expect, it } from 'vitest';
import { explain, speaksTls } from './explain.js';
import type { Endpoint } from './request.js';

const PLAIN: Endpoint = { host: '127.0.0.1', port: 8126 };
const TLS: Endpoint = { host: 'server.example', port: 8126, tls: true };

function messageOf(
  code: string,
  endpoint: Endpoint,
  { isSilent = false, message = 'as it was', packet = [] as number[] } = {},
) {
  const error = Object.assign(new Error(message), { code, rawPacket: Uint8Array.from(packet) });
  return (explain(error, endpoint, { isSilent }) as Error).message;
}

describe('a connection that failed', () => {
  it.each<[string, string, Endpoint, Parameters<typeof messageOf>[2], RegExp]>([
    [
      'an alert of TLS',
      'HPE_INVALID_CONSTANT',
      PLAIN,
      { packet: [0x15, 3, 3] },
      /ask with connection=https:\/\/127.0.0.1:8126$/,
    ],
    ['silence', 'ECONNRESET', PLAIN, { isSilent: true }, /where it speaks TLS, ask with connection=https:/],
    [
      'silence of an IPv6 address',
      'EPIPE',
      { host: '::1', port: 1 },
      { isSilent: true },
      /https:\/\/\[::1\]:1$/,
    ],
    [
      'plain HTTP here',
      'EPROTO',
      { ...PLAIN, tls: true },
      { message: 'ssl3:wrong version number:' },
      /speaks no TLS; .* connection=127.0.0.1:8126$/,
    ],
    [
      'plain HTTP elsewhere',
      'ERR_SSL_WRONG_VERSION_NUMBER',
      TLS,
      {},
      /connection=server.example:8126, which .* takes insecure=true$/,
    ],
    ['a private authority', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', TLS, {}, /NODE_EXTRA_CA_CERTS=/],
    ['a certificate that ended', 'CERT_HAS_EXPIRED', TLS, {}, /has expired/],
    [
      'a certificate of others',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      TLS,
      {},
      /for other names than server.example/,
    ],
  ])('by %s says what to do', (_, code, endpoint, how, message) => {
    expect(messageOf(code, endpoint, how)).toMatch(message);
  });

  it.each<[string, string, Endpoint, Parameters<typeof messageOf>[2]]>([
    ['a refusal', 'ECONNREFUSED', PLAIN, { isSilent: true }],
    ['a cut in the middle', 'ECONNRESET', PLAIN, {}],
    ['another protocol', 'HPE_INVALID_CONSTANT', PLAIN, { packet: [0x32] }],
    ['a cut of TLS', 'ECONNRESET', TLS, { isSilent: true }],
    ['a socket of this machine', 'ECONNRESET', { socketPath: '/s' }, { isSilent: true }],
  ])('by %s is told as it is', (_, code, endpoint, how) => {
    expect(messageOf(code, endpoint, how)).toBe('as it was');
  });

  it('is recognized in the words of servers', () => {
    expect(speaksTls('Client sent an HTTP request to an HTTPS server.')).toBe(true);
    expect(speaksTls('The plain HTTP request was sent to HTTPS port')).toBe(true);
    expect(speaksTls('{"message":"see https://example.com"}')).toBe(false);
  });
});
