import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { admit, hostOf, isLoopback } from './gate.js';
import type { Authorize, GateOptions } from './gate.js';

function from(
  remoteAddress: string | undefined,
  headers: Record<string, string> = {},
  httpVersion = '1.1',
): IncomingMessage {
  return {
    httpVersion,
    headers: { host: 'localhost:1', ...headers },
    socket: { remoteAddress },
  } as unknown as IncomingMessage;
}

const closed: GateOptions = { allowedHosts: [], authorize: undefined };
const open = (authorize: unknown): GateOptions => ({ allowedHosts: [], authorize: authorize as Authorize });

describe('who is let in', () => {
  it.each([
    '192.168.23.1',
    '192.168.23.1:8080',
    'malformed:',
    '1.2.3.4.5',
    '',
    '127.0.0.1.evil.test',
    '::ffff:10.0.0.1',
  ])('T61: not somebody at %s', async (address) => {
    expect(isLoopback(address)).toBe(false);
    await expect(admit(from(address), closed)).rejects.toThrow('authorize');
  });

  it.each(['localhost', '127.0.0.1:8080', '[::1]:8080', '::1', '::ffff:127.0.0.1', '127.8.9.10'])(
    'T61: somebody at %s',
    async (address) => {
      expect(isLoopback(address)).toBe(true);
      expect(await admit(from(address), closed)).toEqual({ sensitive: false });
    },
  );

  it('N16: nobody under a foreign Host, unless it is one of allowedHosts', async () => {
    for (const host of [
      'evil.test',
      'evil.test:80',
      'localhost.evil.test',
      'evil.test:localhost',
      '10.0.0.1',
      '',
    ]) {
      await expect(admit(from('127.0.0.1', { host }), closed), host).rejects.toMatchObject({ status: 403 });
    }
    const allowing: GateOptions = { ...closed, allowedHosts: ['ops.test', '[fe80::1]'] };
    expect(await admit(from('127.0.0.1', { host: 'OPS.test.:8080' }), allowing)).toEqual({
      sensitive: false,
    });
    expect(await admit(from('127.0.0.1', { host: '[fe80::1]:80' }), allowing)).toEqual({ sensitive: false });
    await expect(admit(from('127.0.0.1', { host: 'evil.test' }), allowing)).rejects.toThrow(
      'got the Host "evil.test"',
    );
  });

  it.each([
    'x-forwarded-for',
    'forwarded',
    'x-real-ip',
    'via',
    'x-forwarded-host',
    'x-forwarded',
    'x-original-host',
    'x-original-forwarded-for',
    'x-client-ip',
    'x-cluster-client-ip',
    'x-envoy-external-address',
    'cf-connecting-ip',
    'cf-ray',
    'true-client-ip',
    'fastly-client-ip',
    'cdn-loop',
    'max-forwards',
    'tailscale-user-login',
  ])('N16: nobody whom a proxy sent on, which %s tells, unless authorize says so', async (header) => {
    const request = from('127.0.0.1', { [header]: '127.0.0.1' });
    await expect(admit(request, closed)).rejects.toThrow(header);
    expect(
      await admit(
        request,
        open(() => true),
      ),
    ).toEqual({ sensitive: false });
  });

  it.each(['x-request-id', 'x-clientele', 'x-realm', 'x-api-version', 'user-agent', 'cookie'])(
    'somebody of this machine with the header %s, which no proxy adds alone',
    async (header) => {
      expect(await admit(from('127.0.0.1', { [header]: 'x' }), closed)).toEqual({ sensitive: false });
    },
  );

  it('N16: nobody over HTTP/1.0, which nginx speaks and adds no header to, unless authorize says so', async () => {
    const request = from('127.0.0.1', {}, '1.0');
    await expect(admit(request, closed)).rejects.toThrow('HTTP/1.0 looks like a proxy');
    const letIn = open(() => true);
    expect(await admit(request, letIn)).toEqual({ sensitive: false });
  });

  it('is for authorize to say, which also says whether secrets are shown', async () => {
    const anywhere = from('10.1.2.3');
    expect(
      await admit(
        anywhere,
        open(() => true),
      ),
    ).toEqual({ sensitive: false });
    expect(
      await admit(
        anywhere,
        open(async () => ({ sensitive: true })),
      ),
    ).toEqual({ sensitive: true });
    expect(
      await admit(
        anywhere,
        open(() => ({ sensitive: false })),
      ),
    ).toEqual({ sensitive: false });
  });

  it.each([
    ['false', () => false],
    ['undefined', () => undefined],
    ['null', () => null],
    ['a word', () => 'yes'],
    ['an empty object', () => ({})],
    ['sensitive as a word', () => ({ sensitive: 'yes' })],
    ['1', () => 1],
    [
      'a getter that throws',
      () => ({
        get sensitive() {
          throw new Error('secret cause');
        },
      }),
    ],
    ['a rejection', () => Promise.reject(new Error('secret cause'))],
    [
      'a throw',
      () => {
        throw new Error('secret cause');
      },
    ],
  ])('is nobody where authorize gives %s', async (_, authorize) => {
    const refusal = admit(from('127.0.0.1'), open(authorize));
    await expect(refusal).rejects.toMatchObject({ status: 403, code: 'DT_ERR_ZPAGES_DENIED' });
    await expect(refusal).rejects.not.toThrow('secret cause');
  });

  it('does not ask authorize about a foreign Host: a web site must not even be told apart', async () => {
    let asked = 0;
    await expect(
      admit(
        from('127.0.0.1', { host: 'evil.test' }),
        open(() => ++asked),
      ),
    ).rejects.toMatchObject({
      code: 'DT_ERR_ZPAGES_HOST',
    });
    expect(asked).toBe(0);
  });
});

describe('the host in an address', () => {
  it.each([
    ['a.test', 'a.test'],
    ['A.test:80', 'a.test'],
    ['[::1]', '::1'],
    ['[::1]:80', '::1'],
    ['::1', '::1'],
    ['a b', undefined],
    ['user@a.test', undefined],
    ['a/b', undefined],
    ['', undefined],
  ])('of %j is %j', (text, host) => {
    expect(hostOf(text)).toBe(host);
  });
});
