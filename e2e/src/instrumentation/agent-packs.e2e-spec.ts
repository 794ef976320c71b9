import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createKeyPair, signText } from '@distrace/instrumentation/wire';
import { startFakeServer } from './support/fake-server.ts';
import type { FakeServerOptions } from './support/fake-server.ts';
import { makeApp } from './support/run-app.ts';
import type { AppRun, TestApp } from './support/run-app.ts';

const FILES = {
  'main.mjs': "import { marked } from './one.mjs';\nconsole.log(marked(2));",
  'one.mjs': 'export function marked(a) { return a + 1; }',
};

const publisher = createKeyPair();

/** A pack that the server did not sign itself. */
function packOf(payload: unknown, keys = publisher): string {
  return signText('pack', JSON.stringify(payload), keys.privateKey);
}

const EMPTY = { v: 1, service: 'app', serial: 1, rulesHash: '', files: {} };

function sends(pack: string): FakeServerOptions {
  return { changeAnswer: (answer) => ({ ...answer, pack: answer.pack === null ? null : pack }) };
}

async function expectTraced(app: TestApp, run: AppRun, why: RegExp): Promise<void> {
  expect(run).toMatchObject({ code: 0, stdout: '3\n' });
  expect(run.stderr).toMatch(/^distrace: DT_ERR_AGENT_PACK: [^\n]+ the pack is left out, [^\n]+\n$/);
  expect(run.stderr).toMatch(why);
  expect(await app.seenNames()).toEqual(['marked']);
}

describe('a pack that an agent cannot follow costs a warning and a question per file:', () => {
  it('I41: one signed by a key that is not pinned', async () => {
    await using server = await startFakeServer(sends(packOf(EMPTY)));
    await using app = await makeApp(FILES);
    const run = await app.run('main.mjs', { args: server.args() });
    await expectTraced(app, run, new RegExp(`known key, got one by ${publisher.keyId}`));
  });

  it.each<[string, unknown, RegExp]>([
    ['for another service', { ...EMPTY, service: 'other' }, /for service "app", got "other"/],
    ['without files', { ...EMPTY, files: null }, /of version 1 with files/],
    ['with a list for files', { ...EMPTY, files: [] }, /of version 1 with files/],
    ['that is nothing', null, /no object/],
  ])('I41: one %s', async (_, payload, why) => {
    const keys = createKeyPair();
    await using server = await startFakeServer({ ...sends(packOf(payload, keys)), keys });
    await using app = await makeApp(FILES);
    await expectTraced(app, await app.run('main.mjs', { args: server.args() }), why);
  });

  it('I41: one of a pinned publisher is followed, and nothing is asked', async () => {
    await using server = await startFakeServer();
    await using app = await makeApp(FILES);
    await app.run('main.mjs', { args: server.args() });
    await app.lines();
    server.options = {
      changeAnswer: (answer) => ({
        ...answer,
        pack: answer.pack && packOf(JSON.parse(answer.pack.slice(answer.pack.indexOf('\n') + 1))),
      }),
    };
    const asked = server.requests.length;
    const both = `${server.keys.publicKey},${publisher.publicKey}`;
    const run = await app.run('main.mjs', { args: server.args({ public_key: both }) });
    expect(run).toMatchObject({ stdout: '3\n', stderr: '' });
    expect(await app.seenNames()).toEqual(['marked']);
    expect(server.requests.slice(asked).map(({ url }) => url)).toEqual(['/v1/handshake']);
  });

  it('I26: one that makes the answer too large is asked to stay away', async () => {
    await using server = await startFakeServer({
      pollIntervalMs: 60_000,
      changeAnswer: (answer, { isPackWanted }) =>
        isPackWanted ? { ...answer, pack: 'x'.repeat(40 * 1024 * 1024) } : answer,
    });
    await using app = await makeApp(FILES);
    for (const flags of [undefined, ['--require', await registerCjs()]]) {
      const run = await app.run('main.mjs', { args: server.args(), ...(flags && { flags }) });
      await expectTraced(app, run, /at most 33554432 bytes, got more/);
    }
    const shakes = server.requests.filter(({ url }) => url === '/v1/handshake');
    expect(shakes.map(({ body }) => (body as { pack?: boolean }).pack)).toEqual([
      undefined,
      false,
      undefined,
      false,
    ]);
  });

  it('I41: and is not sent again while the process runs, nor said twice', async () => {
    const pack = packOf(EMPTY);
    await using server = await startFakeServer(sends(pack));
    await using app = await makeApp({
      ...FILES,
      'main.mjs': `${FILES['main.mjs']}\nimport { existsSync } from 'node:fs';\nconst timer = setInterval(() => existsSync('./go') && clearInterval(timer), 20);`,
    });
    const { ended } = app.start('main.mjs', { args: server.args() });
    const shakes = () => server.requests.filter(({ url }) => url === '/v1/handshake');
    await vi.waitUntil(() => shakes().length >= 4, { timeout: 20_000 });
    await writeFile(join(app.folder, 'go'), '');
    await expectTraced(app, await ended, /known key/);
    const haves = shakes().map(({ body }) => (body as { have: { pack?: string } }).have.pack);
    expect(haves[0]).toBeUndefined();
    expect(new Set(haves.slice(1)).size).toBe(1);
    expect(haves[1]).toMatch(/^[\da-f]{64}$/);
  });

  it('I41: one in a pack file leaves nothing to follow, so that the app runs untraced', async () => {
    await using server = await startFakeServer();
    await using app = await makeApp(FILES);
    await app.run('main.mjs', { args: server.args() });
    await app.lines();
    const answer = (await (
      await fetch(`http://127.0.0.1:${server.port}/v1/handshake`, {
        method: 'POST',
        body: JSON.stringify({ agent: { service: 'app' }, have: {} }),
      })
    ).json()) as object;
    const path = join(app.folder, 'app.pack');
    await writeFile(path, JSON.stringify({ ...answer, pack: packOf(EMPTY) }));
    const args = server.args({ connection: `file:${path}`, cache_dir: join(app.folder, 'other') });
    const run = await app.run('main.mjs', { args });
    expect(run).toMatchObject({ code: 0, stdout: '3\n' });
    expect(run.stderr).toMatch(/^distrace: DT_ERR_AGENT_PACK: [^\n]+ runs untraced\n$/);
    expect(await app.seenNames()).toEqual([]);
  });
});

async function registerCjs(): Promise<string> {
  const { createRequire } = await import('node:module');
  return createRequire(import.meta.url).resolve('@distrace/agent/register');
}
