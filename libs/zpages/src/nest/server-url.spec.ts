import type { AddressInfo } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { serverUrl } from './server-url.js';

const bound = (address: string): AddressInfo => ({ address, family: '', port: 3000 });
const server = (address: AddressInfo | string | null) => ({ address: () => address });

describe('serverUrl', () => {
  it.each([
    ['127.0.0.1', 'http://127.0.0.1:3000/zpages/'],
    ['0.0.0.0', 'http://localhost:3000/zpages/'],
    ['::', 'http://localhost:3000/zpages/'],
    ['::1', 'http://[::1]:3000/zpages/'],
  ])('of a server on %s can be opened', (address, url) => {
    expect(serverUrl(server(bound(address)), '/zpages/')).toBe(url);
  });

  it('says https for one with TLS', () => {
    const tls = Object.assign(new TlsServer(), server(bound('127.0.0.1')));
    expect(serverUrl(tls, '/')).toBe('https://127.0.0.1:3000/');
  });

  it('is nothing while the server does not listen, on a socket without a port, and without a server', () => {
    expect(serverUrl(server(null), '/')).toBeUndefined();
    expect(serverUrl(server('/run/app.sock'), '/')).toBeUndefined();
    expect(serverUrl(undefined, '/')).toBeUndefined();
  });
});
