import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { openSigned, WEAVER } from '@distrace/instrumentation/wire';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  cleanWith,
  facts,
  fileOf,
  makeExtension,
  ORDERS,
  payloadOf,
  RULES,
  sha,
  startServer,
} from '../testing.spec.helper.js';

cleanWith(onTestFinished);

const FOR_EVER = 'private, max-age=31536000, immutable';

async function wovenServer() {
  const server = await startServer();
  const said = await server.post('/v1/instrument', { service: 'shop', file: fileOf(ORDERS), text: ORDERS });
  return { server, edits: String(said.headers['content-location']) };
}

describe('immutable resources', () => {
  it('I24: carry a long life and a strong ETag, and give 304 to whoever has them', async () => {
    const { server, edits } = await wovenServer();
    const { bundle } = server.core.book;
    for (const path of [edits, `/v1/bundles/${bundle.sha256}`]) {
      const first = await server.ask(path);
      expect([first.status, first.headers['cache-control']]).toEqual([200, FOR_EVER]);
      expect(first.headers.etag).toMatch(/^"[0-9a-f]{64}"$/);
      const again = await server.ask(path, { headers: { 'if-none-match': first.headers.etag } });
      expect([again.status, again.bytes.length, again.headers.etag]).toEqual([304, 0, first.headers.etag]);
      expect(again.headers['cache-control']).toBe(FOR_EVER);
      expect((await server.ask(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    }
    expect(sha((await server.ask(`/v1/bundles/${bundle.sha256}`)).bytes)).toBe(bundle.sha256);
  });

  it('I24: the manifest and packs are asked for again, and give 304 while nothing changed', async () => {
    const { server } = await wovenServer();
    for (const path of ['/v1/manifest?service=shop', '/v1/packs/shop']) {
      const first = await server.ask(path);
      expect([first.status, first.headers['cache-control']]).toEqual([200, 'no-cache']);
      const known = { headers: { 'if-none-match': first.headers.etag } };
      expect((await server.ask(path, known)).status).toBe(304);
      await server.core.book.setEnabled('orders', !server.core.book.isEnabled('orders'));
      expect((await server.ask(path, known)).status).toBe(200);
    }
    expect((await server.stats()).counters['notModified']).toBe(2);
  });

  it('come packed as the client takes them', async () => {
    const rules = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`rule${i}`, `method('m${i}')`]));
    const server = await startServer({ extensions: [makeExtension(rules)] });
    const path = '/v1/manifest?service=shop';
    const plain = (await server.ask(path)).text;
    for (const [accept, encoding, unpack] of [
      ['gzip', 'gzip', gunzipSync],
      ['gzip, br', 'br', brotliDecompressSync],
      ['gzip, deflate, br, zstd', 'zstd', zstdDecompressSync],
      ['*', 'zstd', zstdDecompressSync],
      ['br;q=0, gzip', 'gzip', gunzipSync],
    ] as const) {
      const said = await server.ask(path, { headers: { 'accept-encoding': accept } });
      expect([accept, said.headers['content-encoding']]).toEqual([accept, encoding]);
      expect(said.headers.vary).toContain('Accept-Encoding');
      expect(unpack(said.bytes).toString()).toBe(plain);
    }
    const none = await server.ask(path, { headers: { 'accept-encoding': 'identity' } });
    expect(none.headers['content-encoding']).toBeUndefined();
  });

  it('say that there is none under an unknown name', async () => {
    const server = await startServer();
    for (const path of [
      `/v1/bundles/${sha('x')}`,
      `/v1/edits/${sha('x')}`,
      '/v1/packs/nobody',
      '/v1/other',
      '/other',
    ]) {
      const said = await server.ask(path);
      expect([path, said.status]).toEqual([path, 404]);
      expect(said.json()['code']).toMatch(/^DT_ERR_SERVER_(UNKNOWN|PATH)$/);
    }
  });
});

describe('POST /v1/handshake', () => {
  it('gives manifest, bundle and pack in one answer, and only what the process does not have', async () => {
    const { server } = await wovenServer();
    const { publicKey } = server.core.signer;
    const answer = (await server.handshake()).json() as Record<'manifest' | 'bundle' | 'pack', string>;
    const manifest = JSON.parse(openSigned('manifest', answer.manifest, [publicKey])) as Record<
      string,
      unknown
    >;
    expect(manifest).toMatchObject({
      v: 1,
      service: 'shop',
      weaver: WEAVER,
      rules: [
        { name: 'orders', enabled: true, files: [{ packages: ['shop'], path: null, words: ['place'] }] },
      ],
      bundle: { sha256: sha(answer.bundle), sizeBytes: Buffer.byteLength(answer.bundle) },
    });
    const pack = JSON.parse(openSigned('pack', answer.pack, [publicKey])) as Record<string, unknown>;
    expect(pack).toMatchObject({
      service: 'shop',
      rulesHash: manifest['rulesHash'],
      serial: manifest['serial'],
    });
    const have = { manifest: sha(answer.manifest), bundle: sha(answer.bundle), pack: sha(answer.pack) };
    const poll = await server.handshake({}, have);
    expect(poll.json()).toEqual({ protocol: 1, manifest: null, bundle: null, pack: null });
    expect((await server.stats()).counters).toMatchObject({ handshakes: 2, packsSent: 1 });
    expect((await server.handshake({}, { bundle: have.bundle })).json()).toMatchObject({
      bundle: null,
      pack: answer.pack,
    });
  });

  it('keeps the pack back where it is not wanted, and refuses a word about it that is none', async () => {
    const server = await startServer();
    await server.instrument(fileOf(ORDERS), ORDERS);
    const shake = async (pack: unknown) =>
      (await server.post('/v1/handshake', { agent: facts(), have: {}, pack })).json();
    expect(await shake(undefined)).toMatchObject({ pack: expect.any(String), bundle: expect.any(String) });
    expect(await shake(true)).toMatchObject({ pack: expect.any(String) });
    expect(await shake(false)).toMatchObject({ pack: null, bundle: expect.any(String) });
    expect(await shake('no')).toMatchObject({ code: 'DT_ERR_SERVER_BODY' });
  });

  it('puts into the pack what the service asked for, in the order of its first use', async () => {
    const server = await startServer();
    const texts = ['c', 'a', 'b'].map((name) => `${ORDERS}// ${name}\n`);
    for (const text of texts) await server.instrument(fileOf(text, { path: `${text.at(-2)}.js` }), text);
    await server.instrument(fileOf(ORDERS, { package: 'other' }));
    const broken = 'class Orders { place( }';
    await server.instrument(fileOf(broken, { path: 'broken.js' }), broken);
    const files = payloadOf((await server.handshake()).json()['pack'])['files'] as Record<string, unknown>;
    expect(Object.entries(files).map(([key, list]) => [key.split('/')[1], list === null])).toEqual([
      ['c.js', false],
      ['a.js', false],
      ['b.js', false],
      ['dist', true],
      ['broken.js', true],
    ]);
    expect((await server.handshake({ service: 'another' })).json()['pack']).toBeNull();
  });

  it('keeps a few contents of one file, the newest', async () => {
    const server = await startServer();
    const texts = Array.from({ length: 6 }, (_, i) => `${ORDERS}// ${i}\n`);
    for (const text of texts) await server.instrument(fileOf(text), text);
    const files = payloadOf((await server.handshake()).json()['pack'])['files'] as object;
    expect(Object.keys(files).map((key) => key.split(' ')[0])).toEqual(texts.slice(2).map(sha));
  });

  it('I20: weaves what changed for the pack before anybody asks, where the source is here', async () => {
    const folder = makeExtension(RULES);
    const server = await startServer({ extensions: [folder] });
    await server.instrument(fileOf(ORDERS), ORDERS);
    makeExtension({ orders: `inClass('Orders')` }, folder);
    await server.core.reloader.reload();
    const { manifest, pack } = (await server.handshake()).json();
    expect(payloadOf(pack)['rulesHash']).toBe(payloadOf(manifest)['rulesHash']);
    expect(Object.values(payloadOf(pack)['files'] as object)).toMatchObject([{ v: 1 }]);
  });

  it.each([
    [{ min: 1, max: 1 }, 200],
    [{ min: 0, max: 7 }, 200],
    [{ min: 2, max: 3 }, 409],
    [{ min: 0, max: 0 }, 409],
  ])('I49: agrees with an agent that speaks %j, or says that it cannot', async (protocol, status) => {
    const server = await startServer();
    const said = await server.handshake(facts({ protocol }));
    expect(said.status).toBe(status);
    expect(said.json()).toMatchObject(status === 200 ? { protocol: 1 } : { code: 'DT_ERR_SERVER_PROTOCOL' });
    expect(server.core.agents.list()).toHaveLength(status === 200 ? 1 : 0);
  });

  it('renews a manifest before it expires, under the same serial', async () => {
    let now = 1_800_000_000_000;
    const server = await startServer({ manifestTtlMs: 60_000, now: () => now });
    const first = (await server.handshake()).json()['manifest'];
    now += 29_000;
    expect((await server.handshake()).json()['manifest']).toBe(first);
    now += 2000;
    const second = payloadOf((await server.handshake()).json()['manifest']);
    expect(second).toMatchObject({ serial: payloadOf(first)['serial'], expiresAtMs: now + 60_000 });
  });
});
