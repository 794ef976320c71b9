import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type Asked,
  cleanWith,
  facts,
  fileOf,
  ORDERS,
  sha,
  startServer,
  type TestServer,
} from '../testing.spec.helper.js';

cleanWith(onTestFinished);

const MAX = 64 * 1024;

async function refusal(server: TestServer, asked: Asked, path = '/v1/handshake') {
  const { status, json } = await server.ask(path, { method: 'POST', ...asked });
  return [status, json()['code']];
}

describe('limits of a body', () => {
  it('I43: refuses one that is too large, also one that only becomes so unpacked', async () => {
    const server = await startServer({ maxBodyBytes: MAX });
    const tooLarge = [413, 'DT_ERR_SERVER_BODY_SIZE'];
    const big = Buffer.alloc(MAX + 1, ' ');
    expect(await refusal(server, { body: big })).toEqual(tooLarge);
    expect(await refusal(server, { body: big, headers: { 'transfer-encoding': 'chunked' } })).toEqual(
      tooLarge,
    );
    const bomb = Buffer.alloc(50 * 1024 * 1024, 'a');
    for (const [encoding, body] of [
      ['gzip', gzipSync(bomb)],
      ['br', brotliCompressSync(bomb)],
      ['zstd', zstdCompressSync(bomb)],
    ] as const) {
      expect(body.length).toBeLessThan(MAX);
      expect(await refusal(server, { body, headers: { 'content-encoding': encoding } })).toEqual(tooLarge);
    }
    const source = { method: 'PUT', body: gzipSync(bomb), headers: { 'content-encoding': 'gzip' } };
    expect(await refusal(server, source, `/v1/sources/${sha('a')}`)).toEqual(tooLarge);
    expect((await server.ask('/healthz')).status).toBe(200);
  });

  it('takes packed bodies', async () => {
    const server = await startServer();
    const body = Buffer.from(JSON.stringify({ agent: facts(), have: {} }));
    for (const [encoding, packed] of [
      ['gzip', gzipSync(body)],
      ['br', brotliCompressSync(body)],
      ['zstd', zstdCompressSync(body)],
      ['identity', body],
    ] as const) {
      const headers = { 'content-encoding': encoding };
      expect((await server.ask('/v1/handshake', { method: 'POST', body: packed, headers })).status).toBe(200);
    }
    const unknown = { body, headers: { 'content-encoding': 'lzma' } };
    expect(await refusal(server, unknown)).toEqual([415, 'DT_ERR_SERVER_BODY_ENCODING']);
    const lie = { body, headers: { 'content-encoding': 'gzip' } };
    expect(await refusal(server, lie)).toEqual([400, 'DT_ERR_SERVER_BODY']);
  });

  it('I43: refuses nesting without end before it parses it', async () => {
    const server = await startServer();
    const bad = [400, 'DT_ERR_SERVER_BODY'];
    expect(await refusal(server, { body: '['.repeat(1_000_000) })).toEqual(bad);
    expect(await refusal(server, { body: `${'{"a":'.repeat(40)}1${'}'.repeat(40)}` })).toEqual(bad);
  });

  it('takes brackets and quotes in a source for what they are', async () => {
    const server = await startServer();
    const text = `${ORDERS}// ${'["{\\"'.repeat(100)} \\\\\n`;
    expect(await server.instrument(fileOf(text), text)).toMatchObject({ status: 'woven' });
  });

  it.each([
    ['no JSON', 'hello'],
    ['nothing', ''],
    ['a list', '[]'],
    ['no agent', '{}'],
    ['another agentId', JSON.stringify({ agent: { ...facts(), agentId: '<b>' } })],
    ['text for a number', JSON.stringify({ agent: { ...facts(), pid: '1' } })],
    ['a service without end', JSON.stringify({ agent: { ...facts(), service: 'x'.repeat(201) } })],
    ['a service over two lines', JSON.stringify({ agent: { ...facts(), service: 'a\nb' } })],
    ['text among the numbers', JSON.stringify({ agent: { ...facts(), process: { path: '/home/me' } } })],
  ])('says what is wrong with %s, and never quotes a body that is no JSON', async (_, body) => {
    const server = await startServer();
    const { status, json, text } = await server.ask('/v1/handshake', { method: 'POST', body });
    expect([status, json()['code'], json()['statusCode']]).toEqual([400, 'DT_ERR_SERVER_BODY', 400]);
    expect(text).not.toContain('hello');
  });

  it('takes fields it does not know: a newer agent may say more', async () => {
    const server = await startServer();
    const body = { agent: { ...facts(), later: { a: 1 } }, have: { more: 1 }, extra: true };
    expect((await server.post('/v1/handshake', body)).status).toBe(200);
  });
});

describe('the rate of one client', () => {
  it('is limited; the others are answered', async () => {
    let now = 1_000_000;
    const server = await startServer({ rate: { perSecond: 1, burst: 3 }, now: () => now });
    const ask = (id?: string) =>
      server.ask('/v1/has', {
        method: 'POST',
        body: { service: 'shop', files: [] },
        headers: id === undefined ? {} : { 'distrace-agent': id },
      });
    const [a, b] = ['a'.repeat(16), 'b'.repeat(16)];
    await server.handshake({ agentId: a });
    await server.handshake({ agentId: b });
    now += 60_000;
    const statuses = async (...ids: (string | undefined)[]) => {
      const got = [];
      for (const id of ids) got.push((await ask(id)).status);
      return got;
    };
    expect(await statuses(a, a, a, a, b)).toEqual([200, 200, 200, 429, 200]);
    // A name that nobody has registered is no name.
    expect(await statuses(undefined, 'c'.repeat(16), 'd'.repeat(16), 'e'.repeat(16))).toEqual([
      200, 200, 200, 429,
    ]);
    const refused = await ask(a);
    expect([refused.json()['code'], refused.headers['retry-after']]).toEqual(['DT_ERR_SERVER_RATE', '1']);
    now += 1000;
    expect(await statuses(a)).toEqual([200]);
    expect((await server.stats()).counters).toMatchObject({ rateLimited: 3 });
  });
});
