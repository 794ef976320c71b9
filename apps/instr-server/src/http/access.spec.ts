import { createKeyPair, packFileText, signText, type Pack } from '@distrace/instrumentation/wire';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  cleanWith,
  facts,
  fileOf,
  ORDERS,
  payloadOf,
  startServer,
  type TestServer,
} from '../testing.spec.helper.js';
import type { TokenGrant } from '../trust/access.js';

cleanWith(onTestFinished);

const AGENT = 'agent-token-0123456789';
const SHOP = 'shop-token-0123456789';
const PUBLISHER = 'publisher-token-0123456789';
const READER = 'reader-token-0123456789';

const TOKENS: readonly TokenGrant[] = [
  { token: AGENT, role: 'agent' },
  { token: SHOP, role: 'agent', service: 'shop' },
  { token: PUBLISHER, role: 'publisher' },
  { token: READER, role: 'reader' },
];

const publisher = createKeyPair();

async function codeOf(said: Promise<{ readonly status: number; json(): Record<string, unknown> }>) {
  const { status, json } = await said;
  return [status, json()['code']];
}

function packText(pack: Partial<Pack> = {}, key = publisher.privateKey): string {
  return signText(
    'pack',
    JSON.stringify({ v: 1, service: 'shop', serial: 1, rulesHash: '', files: {}, ...pack }),
    key,
  );
}

async function start(): Promise<TestServer> {
  return await startServer({ tokens: TOKENS, publisherKeys: [publisher.publicKey] });
}

describe('who may ask', () => {
  it('I43: refuses whoever has no token, or another', async () => {
    const server = await start();
    const { url } = server;
    for (const token of ['', 'x', `${AGENT}x`, AGENT.slice(1)]) {
      const headers = token === '' ? {} : { authorization: `Bearer ${token}` };
      const asked = { token: undefined, headers };
      expect(await codeOf(server.ask('/v1/manifest?service=shop', asked))).toEqual([
        401,
        'DT_ERR_SERVER_TOKEN',
      ]);
    }
    expect(url).toContain('127.0.0.1');
    expect((await server.ask('/healthz', { token: undefined })).status).toBe(200);
  });

  it('I43: lets an agent publish nothing: no rule, no pack, no reload', async () => {
    const server = await start();
    const forbidden = [403, 'DT_ERR_SERVER_FORBIDDEN'];
    expect(await codeOf(server.post('/v1/rules/orders', { enabled: false }, AGENT))).toEqual(forbidden);
    expect(await codeOf(server.post('/v1/reload', {}, AGENT))).toEqual(forbidden);
    const put = { method: 'PUT', body: packText(), token: AGENT };
    expect(await codeOf(server.ask('/v1/packs/shop', put))).toEqual(forbidden);
    expect(server.core.book.isEnabled('orders')).toBe(true);
  });

  it('I43: lets a token of one service ask for no other', async () => {
    const server = await start();
    const forbidden = [403, 'DT_ERR_SERVER_FORBIDDEN'];
    const file = fileOf(ORDERS);
    const woven = await server.post('/v1/instrument', { service: 'bank', file, text: ORDERS }, AGENT);
    expect(woven.json()).toMatchObject({ status: 'woven' });
    expect((await server.ask('/v1/packs/bank', { token: AGENT })).status).toBe(200);
    expect(await codeOf(server.ask('/v1/packs/bank', { token: SHOP }))).toEqual(forbidden);
    expect(await codeOf(server.ask('/v1/manifest?service=bank', { token: SHOP }))).toEqual(forbidden);
    expect(await codeOf(server.post('/v1/instrument', { service: 'bank', file }, SHOP))).toEqual(forbidden);
    expect(await codeOf(server.post('/v1/has', { service: 'bank', files: [] }, SHOP))).toEqual(forbidden);
    expect(await codeOf(server.handshake({ service: 'bank' }, {}, SHOP))).toEqual(forbidden);
    expect((await server.handshake({ service: 'shop' }, {}, SHOP)).status).toBe(200);
    await server.handshake({ service: 'bank', agentId: 'b'.repeat(16) }, {}, AGENT);
    const goodbye = { method: 'DELETE', token: SHOP };
    expect(await codeOf(server.ask(`/v1/agents/${'b'.repeat(16)}`, goodbye))).toEqual(forbidden);
  });

  it('shows the status to readers and publishers, to a browser by a password', async () => {
    const server = await start();
    for (const path of ['/', '/metrics', '/v1/stats', '/v1/agents']) {
      expect((await server.ask(path, { token: READER })).status).toBe(200);
      expect((await server.ask(path, { token: PUBLISHER })).status).toBe(200);
      expect((await server.ask(path, { token: AGENT })).status).toBe(403);
      const none = await server.ask(path, { token: undefined });
      expect([none.status, none.headers['www-authenticate']]).toEqual([401, 'Basic realm="distrace"']);
      const authorization = `Basic ${Buffer.from(`me:${READER}`).toString('base64')}`;
      expect((await server.ask(path, { token: undefined, headers: { authorization } })).status).toBe(200);
    }
  });

  it('takes no password for what changes anything', async () => {
    const server = await start();
    const authorization = `Basic ${Buffer.from(`me:${PUBLISHER}`).toString('base64')}`;
    const asked = { method: 'POST', token: undefined, headers: { authorization }, body: { enabled: false } };
    expect(await codeOf(server.ask('/v1/rules/orders', asked))).toEqual([401, 'DT_ERR_SERVER_TOKEN']);
  });

  it('lets nobody publish where there are no tokens', async () => {
    const server = await startServer();
    expect((await server.handshake()).status).toBe(200);
    const said = server.post('/v1/rules/orders', { enabled: false });
    expect(await codeOf(said)).toEqual([403, 'DT_ERR_SERVER_FORBIDDEN']);
  });

  it('refuses web pages of others, and names that are not its own', async () => {
    const server = await startServer();
    const refused = [403, 'DT_ERR_SERVER_HOST'];
    for (const headers of [
      { host: 'evil.example' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
    ]) {
      expect(await codeOf(server.ask('/v1/agents', { headers }))).toEqual(refused);
    }
    expect((await server.ask('/v1/agents', { headers: { host: 'localhost:1' } })).status).toBe(200);
  });
});

describe("a publisher's pack", () => {
  it('is served as it was signed, while its rules are the ones that are served', async () => {
    const server = await start();
    const rulesHash = server.core.book.rulesHash;
    const text = packText({ rulesHash, files: { [`${'0'.repeat(64)} cjs shop@1.0.0/a.js`]: null } });
    const put = await server.ask('/v1/packs/shop', { method: 'PUT', body: text, token: PUBLISHER });
    expect([put.status, put.json()]).toEqual([200, { rulesHash, isServed: true }]);
    expect((await server.ask('/v1/packs/shop', { token: SHOP })).text).toBe(text);
    expect((await server.handshake({}, {}, SHOP)).json()['pack']).toBe(text);
    const file = packFileText({ manifest: 'm', pack: text, bundle: 'b' });
    const again = await server.ask('/v1/packs/shop', { method: 'PUT', body: file, token: PUBLISHER });
    expect(again.json()).toEqual({ rulesHash, isServed: true });
    expect((await server.ask('/v1/packs/shop', { token: SHOP })).text).toBe(text);
    const other = packText({ rulesHash: 'f'.repeat(64) });
    const said = await server.ask('/v1/packs/shop', { method: 'PUT', body: other, token: PUBLISHER });
    expect(said.json()).toEqual({ rulesHash: 'f'.repeat(64), isServed: false });
    expect((await server.handshake({}, {}, SHOP)).json()['pack']).toBeNull();
  });

  it("I41: is refused without the publisher's own signature", async () => {
    const server = await start();
    const flip = (text: string) => text.replace('"serial":1', '"serial":2');
    for (const body of [packText({}, createKeyPair().privateKey), flip(packText()), 'x', '']) {
      const said = server.ask('/v1/packs/shop', { method: 'PUT', body, token: PUBLISHER });
      expect(await codeOf(said)).toEqual([403, 'DT_ERR_SERVER_PACK']);
    }
    // Not even with the key of the server itself.
    const { core } = server;
    const own = core.signer.sign('pack', JSON.stringify({ v: 1, service: 'shop', files: {}, rulesHash: '' }));
    const said = server.ask('/v1/packs/shop', { method: 'PUT', body: own, token: PUBLISHER });
    expect(await codeOf(said)).toEqual([403, 'DT_ERR_SERVER_PACK']);
  });

  it('is refused for another service', async () => {
    const server = await start();
    const said = server.ask('/v1/packs/bank', { method: 'PUT', body: packText(), token: PUBLISHER });
    expect(await codeOf(said)).toEqual([400, 'DT_ERR_SERVER_PACK']);
  });
});

describe('switching a rule', () => {
  it('I48: reaches running processes with their next handshake, by a newer serial', async () => {
    const server = await start();
    const manifest = async (have = {}) => {
      const { json } = await server.handshake({}, have);
      return json()['manifest'] === null ? null : payloadOf(json()['manifest']);
    };
    const before = await manifest();
    expect(before).toMatchObject({ rules: [{ name: 'orders', enabled: true }] });
    const off = await server.post('/v1/rules/orders', { enabled: false }, PUBLISHER);
    expect([off.status, off.json()]).toMatchObject([200, { name: 'orders', enabled: false }]);
    const after = await manifest();
    expect(after).toMatchObject({ rules: [{ enabled: false }], rulesHash: before?.['rulesHash'] });
    expect(Number(after?.['serial'])).toBeGreaterThan(Number(before?.['serial']));
    await server.post('/v1/rules/orders', { enabled: true }, PUBLISHER);
    expect(await manifest()).toMatchObject({ rules: [{ enabled: true }] });
  });

  it('says that there is no such rule, and what the body must be', async () => {
    const server = await start();
    const unknown = server.post('/v1/rules/other', { enabled: false }, PUBLISHER);
    expect(await codeOf(unknown)).toEqual([404, 'DT_ERR_SERVER_UNKNOWN']);
    const bad = server.post('/v1/rules/orders', { enabled: 'no' }, PUBLISHER);
    expect(await codeOf(bad)).toEqual([400, 'DT_ERR_SERVER_BODY']);
  });
});

describe('an agent that ends', () => {
  it('is listed as ended when it says so', async () => {
    const server = await start();
    await server.handshake(facts(), {}, SHOP);
    const agents = async () =>
      (await server.ask('/v1/agents', { token: READER })).json()['agents'] as unknown[];
    expect(await agents()).toHaveLength(1);
    const said = await server.ask('/v1/agents/00000000000000aa', { method: 'DELETE', token: SHOP });
    expect(said.status).toBe(204);
    expect(await agents()).toMatchObject([{ state: 'ended' }]);
  });
});
