import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeExtension, SERVER_ENTRY } from './support/extension.ts';
import { childrenOf, isRunning } from './support/processes.ts';
import { makeApp } from './support/run-app.ts';

const MARKED = 'function marked() { return 1; }\nmarked();\n';
const SAY_WHERE =
  "console.log(JSON.parse(Buffer.from(process.env.DISTRACE_TREE, 'base64url')).socketPath);\n";

/** How a process can end, once a file tells it to. */
const WAIT =
  'const timer = setInterval(() => { if (!require("node:fs").existsSync("go")) return; clearInterval(timer); end(); }, 20);\n';
const ENDS: Readonly<Record<string, { readonly code: string; readonly signal?: NodeJS.Signals }>> = {
  return: { code: `${WAIT}const end = () => undefined;` },
  'process.exit': { code: `${WAIT}const end = () => process.exit(4);` },
  'an exception': { code: `${WAIT}const end = () => { throw new Error('end'); };` },
  'an unhandled rejection': { code: `${WAIT}const end = () => void Promise.reject(new Error('end'));` },
  SIGTERM: { code: 'setInterval(() => undefined, 1000);', signal: 'SIGTERM' },
  SIGKILL: { code: 'setInterval(() => undefined, 1000);', signal: 'SIGKILL' },
};

describe.runIf(process.platform === 'linux')('the server of a process tree', () => {
  let extension: Awaited<ReturnType<typeof makeExtension>>;
  const args = () =>
    `server_entry=${SERVER_ENTRY};extensions=${extension.folder};service=app;timeout_ms=20000`;

  beforeAll(async () => {
    extension = await makeExtension();
  });
  afterAll(async () => {
    await extension[Symbol.asyncDispose]();
  });

  it.each(Object.entries(ENDS))(
    'I28: is there once, and gone with its socket after %s',
    async (_, { code, signal }) => {
      await using app = await makeApp({ 'main.cjs': MARKED + SAY_WHERE + code });
      const { child, ended } = app.start('main.cjs', { args: args() });
      const socket = await new Promise<string>((resolve) => {
        child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
      });
      const servers = await childrenOf(child.pid!, '--local');
      const folder = await stat(dirname(socket));

      if (signal === undefined) await writeFile(join(app.folder, 'go'), '');
      else child.kill(signal);
      const run = await ended;

      expect(await app.seenNames()).toEqual(['marked']);
      expect(servers).toHaveLength(1);
      expect(folder.mode & 0o777).toBe(0o700);
      expect(run.signal).toBe(signal ?? null);
      await vi.waitUntil(async () => !(await isRunning(servers[0]!)), { timeout: 10_000 });
      await vi.waitUntil(() => !existsSync(dirname(socket)), { timeout: 10_000 });
    },
  );

  it('I28: is one for a cluster with eight workers', async () => {
    await using app = await makeApp({
      'main.cjs': [
        "const cluster = require('node:cluster');",
        `function wait() { ${WAIT.trim()} }\nfunction end() {}`,
        'if (cluster.isPrimary) {',
        '  const workers = Array.from({ length: 8 }, () => cluster.fork());',
        '  let open = 8;',
        "  cluster.on('exit', () => { open -= 1; if (open === 0) { console.log('all'); wait(); } });",
        '} else {',
        `  ${MARKED.replaceAll('\n', ' ')}`,
        '  process.disconnect();',
        '}',
      ].join('\n'),
    });
    const { child, ended } = app.start('main.cjs', { args: args() });
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    const servers = await childrenOf(child.pid!, '--local');
    await writeFile(join(app.folder, 'go'), '');
    const run = await ended;

    expect(run).toMatchObject({ code: 0, stdout: 'all\n', stderr: '' });
    expect(servers).toHaveLength(1);
    const seen = await app.seen();
    expect(new Set(seen.map(({ pid }) => pid)).size).toBe(8);
    expect(seen).toHaveLength(8);
  });

  it.runIf(process.getuid?.() === 0)('I44: cannot be connected to by another user', async () => {
    await using app = await makeApp({
      'main.cjs': `${MARKED}${SAY_WHERE}setInterval(() => undefined, 1000);`,
    });
    const { child, ended } = app.start('main.cjs', { args: args() });
    const socket = await new Promise<string>((resolve) => {
      child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    });
    const connect = (uid: number) =>
      new Promise<string>((resolve) => {
        const client = spawn(
          'sh',
          ['-c', 'test -S "$0" && test -w "$0" && echo connected || echo denied', socket],
          { uid, stdio: ['ignore', 'pipe', 'ignore'] },
        );
        client.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
      });
    expect([await connect(0), await connect(65_534)]).toEqual(['connected', 'denied']);
    child.kill();
    await ended;
  });

  it('has nothing of the app’s environment but where its user and his files are', async () => {
    await using app = await makeApp({
      'main.cjs': [
        "const { execFileSync } = require('node:child_process');",
        "const { readFileSync } = require('node:fs');",
        "const pids = execFileSync('ps', ['-o', 'pid=', '--ppid', String(process.pid)]).toString().trim().split(/\\s+/);",
        'for (const pid of pids) {',
        '  try {',
        "    if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--local')) continue;",
        "    console.log(readFileSync(`/proc/${pid}/environ`, 'utf8').split('\\0').map((line) => line.split('=')[0]).join(' ').trim());",
        '  } catch {}',
        '}',
      ].join('\n'),
    });
    const run = await app.run('main.cjs', {
      args: args(),
      env: { SECRET: 'x', NODE_OPTIONS: '--no-warnings' },
    });
    expect(run.stdout.trim().split(' ').toSorted()).toEqual(['HOME', 'PATH']);
  });

  it('costs a warning when it cannot start, and says why', async () => {
    await using app = await makeApp({
      'main.cjs':
        "console.log('ran');\nif (process.argv[2] !== 'child') require('node:child_process').fork(__filename, ['child']);",
      'server.cjs': "throw new Error('no server');",
    });
    const run = await app.run('main.cjs', { args: `server_entry=${app.folder}/server.cjs` });
    // The child does not try again, and says nothing.
    expect(run).toMatchObject({ code: 0, stdout: 'ran\nran\n' });
    expect(run.stderr).toMatch(/^distrace: DT_ERR_AGENT_LOCAL_SERVER: [^\n]+no server[^\n]+\n$/);
  });
});
