import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  cleanWith,
  fileOf,
  makeExtension,
  ORDERS,
  payloadOf,
  RULES,
  startServer,
  tempFolder,
} from '../testing.spec.helper.js';

cleanWith(onTestFinished);

// Processes and bundles: on a machine that is busy with other specs each takes its time.
vi.setConfig({ testTimeout: 120_000 });

const REAL = { isReal: true };

const BROKEN = 'export const orders = defineInterceptor({ name: ';

describe('extensions', () => {
  it('I11: that cannot be loaded stop the start of the server, with file and line', async () => {
    const folder = makeExtension(RULES);
    writeFileSync(join(folder, 'rules.js'), BROKEN);
    await expect(startServer({ extensions: [folder] }, REAL)).rejects.toMatchObject({
      code: 'DT_ERR_SERVER_EXTENSION',
      message: expect.stringContaining(`${folder}/package.json:1`),
    });
    await expect(startServer({ extensions: ['no-such-package'], baseFolder: folder }, REAL)).rejects.toThrow(
      'no-such-package',
    );
  });

  it.each([
    ['a glob', `inFile('{a')`, 'glob'],
    ['a range', `inPackage('shop@not a range')`, 'version range'],
    ['nothing that could match', `any().not()`, 'must match something'],
    ['no matcher', `'orders'`, 'needs a matcher'],
  ])('I11: with %s that cannot work stop it, too', async (_, match, why) => {
    await expect(startServer({ extensions: [makeExtension({ orders: match })] }, REAL)).rejects.toThrow(why);
  });

  it('that never come to an end are ended', async () => {
    const { loadExtensions } = await import('./load-extensions.js');
    const folder = makeExtension(RULES);
    writeFileSync(join(folder, 'rules.js'), 'for (;;);');
    await expect(loadExtensions([folder], { baseFolder: folder, timeoutMs: 2000 })).rejects.toThrow(
      'at most 2000 ms',
    );
  });

  it('may print what they like: it never stands where the server speaks', async () => {
    const folder = makeExtension(RULES);
    const file = join(folder, 'rules.js');
    writeFileSync(file, `console.log('hello');\n${readFileSync(file, 'utf8')}`);
    expect((await startServer({ extensions: [folder] }, REAL)).core.book.rules.rules).toHaveLength(1);
  });
});

describe('a reload', () => {
  it('I48: gives a changed rule set a new serial, which processes get with their next poll', async () => {
    const folder = makeExtension(RULES);
    const server = await startServer({ extensions: [folder] }, REAL);
    const before = payloadOf((await server.handshake()).json()['manifest']);
    expect(await server.core.reloader.reload()).toMatchObject({ status: 'same', serial: before['serial'] });
    makeExtension({ ...RULES, more: `func('more')` }, folder);
    expect(await server.core.reloader.reload()).toMatchObject({ status: 'changed' });
    const after = payloadOf((await server.handshake()).json()['manifest']);
    expect(Number(after['serial'])).toBeGreaterThan(Number(before['serial']));
    expect(after['rulesHash']).not.toBe(before['rulesHash']);
    expect(after['rules']).toMatchObject([{ name: 'orders' }, { name: 'more' }]);
    // Processes that got the manifest just before still find the bundle it names.
    const { sha256 } = before['bundle'] as { sha256: string };
    expect((await server.ask(`/v1/bundles/${sha256}`)).status).toBe(200);
  });

  it('I11: of rules that cannot be loaded keeps the old ones, and says so loudly', async () => {
    const folder = makeExtension(RULES);
    const token = 'publisher-0123456789';
    const server = await startServer(
      { extensions: [folder], tokens: [{ token, role: ['publisher', 'agent', 'reader'] }] },
      REAL,
    );
    const { serial, rulesHash } = server.core.book;
    writeFileSync(join(folder, 'rules.js'), BROKEN);
    const said = await server.post('/v1/reload', {});
    expect([said.status, said.json()['code']]).toEqual([422, 'DT_ERR_SERVER_RELOAD']);
    expect(server.warnings).toMatchObject([expect.stringContaining('are still served')]);
    expect([server.core.book.serial, server.core.book.rulesHash]).toEqual([serial, rulesHash]);
    expect(await server.stats()).toMatchObject({ reloadFailure: expect.stringContaining('rules.js') });
    expect((await server.ask('/')).text).toContain('Changed extensions are not served.');
    expect(await server.instrument(fileOf(ORDERS), ORDERS)).toMatchObject({ status: 'woven' });
    makeExtension({ orders: `inClass('Orders')` }, folder);
    const good = await server.post('/v1/reload', {});
    expect([good.status, good.json()['status']]).toEqual([200, 'changed']);
    expect(await server.stats()).toMatchObject({ reloadFailure: null });
  });

  it('happens by itself where files are watched', async () => {
    const folder = makeExtension(RULES);
    const server = await startServer({ extensions: [folder], watch: true }, REAL);
    const { serial } = server.core.book;
    makeExtension({ ...RULES, more: `func('more')` }, folder);
    await vi.waitFor(() => expect(server.core.book.serial).toBeGreaterThan(serial), {
      timeout: 20_000,
      interval: 50,
    });
    expect(server.core.book.rules.rules.map(({ name }) => name)).toEqual(['orders', 'more']);
    // Nothing that is installed is watched, however much that is.
    expect(server.core.book.watchedFolders).toEqual([folder, join(folder, 'META-INF', 'services')]);
  });

  it('forgets what rules matched before, and shows those that matched nothing', async () => {
    const folder = makeExtension({ ...RULES, idle: `inPackage('shop').and(method('nobody'))` });
    const server = await startServer({ extensions: [folder] }, REAL);
    await server.instrument(fileOf(ORDERS), ORDERS);
    expect((await server.stats()).rules).toMatchObject([
      { name: 'orders', files: 1, functions: 1 },
      { name: 'idle', files: 0, functions: 0 },
    ]);
    expect((await server.ask('/')).text).toContain('matched nothing');
    makeExtension({ idle: `func('x')` }, folder);
    expect(await server.core.reloader.reload()).toMatchObject({ status: 'changed' });
    expect((await server.stats()).rules).toMatchObject([{ name: 'idle', functions: 0 }]);
  });
});

describe('the serial', () => {
  it('I41: never goes back: not over a restart, not with the clock', async () => {
    const storeFolder = join(tempFolder(), 'store');
    const extensions = [makeExtension(RULES)];
    let now = 2_000_000_000_000;
    const first = await startServer({ storeFolder, extensions, now: () => now });
    await first.core.book.setEnabled('orders', false);
    const { serial } = first.core.book;
    expect(serial).toBe(2_000_000_000_001);
    await first.close();
    now -= 1_000_000;
    const second = await startServer({ storeFolder, extensions, now: () => now });
    expect([second.core.book.serial, second.core.book.isEnabled('orders')]).toEqual([serial, false]);
    await second.core.book.setEnabled('orders', true);
    expect(second.core.book.serial).toBe(serial + 1);
    expect(existsSync(join(storeFolder, 'rules'))).toBe(true);
  });
});
