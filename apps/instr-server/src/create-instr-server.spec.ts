import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createInstrServer } from './create-instr-server.js';
import { cleanWith, makeExtension, RULES, startServer, tempFolder } from './testing.spec.helper.js';

cleanWith(onTestFinished);

// Processes and bundles: on a machine that is busy with other specs each takes its time.
vi.setConfig({ testTimeout: 120_000 });

/** A key and a certificate for 127.0.0.1 that signs itself. */
function certificate(): { readonly key: string; readonly cert: string } {
  const folder = tempFolder();
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const args = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
  ];
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', [...args, ...name, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}

function statusOf(url: string, options: object): Promise<number | string> {
  return new Promise((resolve) => {
    request(`${url}/healthz`, { agent: false, ...options }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', () => resolve('refused'))
      .end();
  });
}

describe('createInstrServer', () => {
  it('speaks TLS, and asks clients for a certificate where it was given their authority', async () => {
    const own = certificate();
    const client = certificate();
    const start = async (clientCa?: string) => {
      const server = await createInstrServer(
        { extensions: [makeExtension(RULES)], workers: 1 },
        { tls: { ...own, clientCa } },
      );
      onTestFinished(() => server.close());
      return await server.listen({ port: 0 });
    };
    const open = await start();
    expect(open).toMatch(/^https:/);
    expect(await statusOf(open, { ca: own.cert })).toBe(200);
    const closed = await start(client.cert);
    expect(await statusOf(closed, { ca: own.cert })).toBe('refused');
    expect(await statusOf(closed, { ca: own.cert, ...certificate() })).toBe('refused');
    expect(await statusOf(closed, { ca: own.cert, ...client })).toBe(200);
  });

  it('says that its port is taken', async () => {
    const taken = await startServer();
    const server = await createInstrServer({ extensions: [makeExtension(RULES)], workers: 1 });
    onTestFinished(() => server.close());
    await expect(server.listen({ port: Number(new URL(taken.url).port) })).rejects.toMatchObject({
      code: 'DT_ERR_SERVER_LISTEN',
      message: expect.stringContaining('another process listens there'),
    });
  });

  it('refuses a private key that is none, and never repeats it', async () => {
    const act = createInstrServer({ extensions: [makeExtension(RULES)], privateKey: 'secret' });
    await expect(act).rejects.toMatchObject({ code: 'DT_ERR_KEY' });
    await expect(act).rejects.not.toThrow('secret');
  });

  it('refuses polls that agents cannot follow', async () => {
    for (const pollIntervalMs of [0, 99, 9_999_999_999, NaN]) {
      const act = createInstrServer({ extensions: [makeExtension(RULES)], pollIntervalMs });
      await expect(act).rejects.toMatchObject({ code: 'DT_ERR_SERVER_OPTION' });
    }
  });

  it('ends a request that is too slow soon after its time is up', async () => {
    const server = await startServer();
    server.app.getHttpServer().requestTimeout = 100;
    server.app.getHttpServer().headersTimeout = 100;
    const startedAtMs = performance.now();
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write('POST /v1/handshake HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{');
    await new Promise((resolve) => socket.on('error', resolve).on('close', resolve).resume());
    expect(performance.now() - startedAtMs).toBeLessThan(15_000);
  });

  it('takes its options for given only where they are', async () => {
    const server = await startServer({ pollIntervalMs: undefined, maxBodyBytes: undefined });
    expect(server.core).toMatchObject({ pollIntervalMs: 10_000, maxBodyBytes: 8 * 1024 * 1024 });
  });
});
