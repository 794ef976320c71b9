import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createKeyPair } from '@distrace/instrumentation/wire';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { COUNTING_EXTENSION, makeExtension, SERVER_ENTRY } from './support/extension.ts';
import { makeApp } from './support/run-app.ts';

const AGENT_TOKEN = 'token-of-the-agents-1';
const PUBLISHER_TOKEN = 'token-of-the-publisher-1';
const FILES = {
  'main.cjs': 'function marked() { return 1; }\nsetInterval(marked, 20);\nconsole.log(marked());',
};

describe('a server that processes share', () => {
  const keys = createKeyPair();
  let stack: AsyncDisposableStack;
  let extension: Awaited<ReturnType<typeof makeExtension>>;
  let url = '';

  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    extension = stack.use(await makeExtension());
    const file = async (name: string, text: string) => {
      await writeFile(join(extension.folder, name), text, { mode: 0o600 });
      return join(extension.folder, name);
    };
    const tokens = [
      { token: AGENT_TOKEN, role: 'agent' },
      { token: PUBLISHER_TOKEN, role: 'publisher' },
    ];
    const server = spawn(
      process.execPath,
      [SERVER_ENTRY, '--port', '0', '--poll-interval-ms', '200', '--watch'].concat(
        ['--extensions', extension.folder],
        ['--key-file', await file('server.pem', keys.privateKey)],
        ['--tokens-file', await file('tokens.json', JSON.stringify(tokens))],
      ),
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    stack.defer(async () => {
      server.kill();
      await once(server, 'exit');
    });
    let said = '';
    server.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await vi.waitUntil(() => /http:\/\/[\d.:]+/.test(said), { timeout: 30_000 });
    url = /http:\/\/[\d.:]+/.exec(said)?.[0] ?? '';
  });
  afterAll(async () => {
    await stack.disposeAsync();
  });

  const args = (token = AGENT_TOKEN) =>
    `connection=${url};public_key=${keys.publicKey};token=${token};service=app;timeout_ms=20000`;
  const turn = async (enabled: boolean) => {
    const { status } = await fetch(`${url}/v1/rules/marked`, {
      method: 'POST',
      headers: { authorization: `Bearer ${PUBLISHER_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ enabled }),
    });
    expect(status).toBeLessThan(300);
  };

  it('I48: switches a probe of a running process off and on, and gives it another bundle', async () => {
    await using app = await makeApp(FILES);
    const { child, ended } = app.start('main.cjs', { args: args() });
    const calls = async () => (await app.seenNames()).length;
    await vi.waitUntil(async () => (await calls()) > 0, { timeout: 20_000, interval: 300 });

    await turn(false);
    await vi.waitUntil(async () => (await calls()) === 0, { timeout: 20_000, interval: 300 });
    await turn(true);
    await vi.waitUntil(async () => (await calls()) > 0, { timeout: 20_000, interval: 300 });

    await extension.write(COUNTING_EXTENSION.replace('{ name, line,', '{ another: true, name, line,'));
    const isAnother = async () => (await app.lines()).some(({ another }) => another === true);
    await vi.waitUntil(isAnother, { timeout: 30_000, interval: 300 });

    child.kill();
    expect(await ended).toMatchObject({ signal: 'SIGTERM', stderr: '' });
  });

  it('gives nothing to a process without its token', async () => {
    await using app = await makeApp({
      'main.cjs': 'function marked() { return 1; }\nconsole.log(marked());',
    });
    const run = await app.run('main.cjs', { args: args('another-token-than-that') });
    expect(run).toMatchObject({ code: 0, stdout: '1\n' });
    expect(run.stderr).toMatch(/^distrace: DT_ERR_AGENT_DENIED: [^\n]*401[^\n]*\n$/);
    expect(await app.seenNames()).toEqual([]);
  });
});
