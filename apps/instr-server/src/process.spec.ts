import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createKeyPair, openSigned } from '@distrace/instrumentation/wire';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  askAt,
  cleanWith,
  facts,
  fileOf,
  makeExtension,
  ORDERS,
  RULES,
  tempFolder,
} from './testing.spec.helper.js';

cleanWith(onTestFinished);

// Processes and bundles: on a machine that is busy with other specs each takes its time.
vi.setConfig({ testTimeout: 120_000 });

// The built app: only a process of its own can be killed.
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

const WAIT = { timeout: 40_000, interval: 25 };

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly errors: () => string;
}

function start(args: readonly string[], env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  let errors = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += String(chunk)));
  child.stderr?.on('data', (chunk: Buffer) => (errors += String(chunk)));
  return { child, output: () => output, errors: () => errors };
}

async function readyUrl({ output, errors }: Started): Promise<string> {
  return await vi.waitFor(() => {
    const url = /ready on (https?:\/\/[^,]+)/.exec(output())?.[1];
    if (url === undefined) throw new Error(`not ready: ${output()} ${errors()}`);
    return url;
  }, WAIT);
}

function localStart(other: Record<string, unknown> = {}) {
  const folder = join(tempFolder(), 'run');
  mkdirSync(folder, { mode: 0o700 });
  const keys = createKeyPair();
  const token = 'a-token-0123456789';
  const socket = join(folder, 'server.sock');
  const line = JSON.stringify({
    socket,
    token,
    privateKey: keys.privateKey,
    extensions: [makeExtension(RULES)],
    storeFolder: null,
    ...other,
  });
  const ask = (path: string, body?: unknown) =>
    askAt(`http://localhost${path}`, { token, body, method: body === undefined ? 'GET' : 'POST' }, socket);
  return { folder, socket, token, keys, line, ask };
}

describe('the process', () => {
  it('says where it listens and which key to pin, answers, and ends with 0 at SIGTERM', async () => {
    const server = start(['--port', '0', '--extensions', makeExtension(RULES)]);
    const url = await readyUrl(server);
    expect(server.output()).toMatch(/1 rules, public key [\w-]{43} \([0-9a-f]{16}\)\n$/);
    const said = await askAt(`${url}/v1/handshake`, { method: 'POST', body: { agent: facts(), have: {} } });
    expect(said.status).toBe(200);
    const ended = once(server.child, 'exit');
    server.child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(server.errors()).toBe('');
  });

  it('I11: says in one line why it cannot start, with exit code 1', async () => {
    const folder = makeExtension(RULES);
    writeFileSync(join(folder, 'rules.js'), 'export const orders = ;');
    for (const [args, message] of [
      [['--extensions', folder], 'rules.js'],
      [[], '--extensions'],
      [['--extensions', folder, '--host', '0.0.0.0'], 'rules.js'],
    ] as const) {
      const server = start(args);
      const [code] = (await once(server.child, 'close')) as [number];
      expect([code, server.output()]).toEqual([1, '']);
      expect(server.errors().trim().split('\n')).toHaveLength(1);
      expect(server.errors()).toContain('instr-server cannot start: ');
      expect(server.errors()).toContain(message);
    }
  });

  it('I44: refuses plain TCP beyond this machine', async () => {
    const server = start(['--extensions', makeExtension(RULES), '--host', '0.0.0.0', '--port', '0']);
    const [code] = (await once(server.child, 'close')) as [number];
    expect([code, server.errors()]).toEqual([1, expect.stringContaining('must have TLS')]);
  });

  it('I21: two processes share one store: what one has woven, the other answers', async () => {
    const args = [
      '--port',
      '0',
      '--extensions',
      makeExtension(RULES),
      '--store',
      join(tempFolder(), 'store'),
    ];
    const urls = await Promise.all([start(args), start(args)].map(readyUrl));
    const instrument = async (url: string, body: object) =>
      (
        await askAt(`${url}/v1/instrument`, {
          method: 'POST',
          body: { service: 'shop', file: fileOf(ORDERS), ...body },
        })
      ).json();
    expect(await instrument(urls[0]!, { text: ORDERS })).toMatchObject({ status: 'woven', phase: 'sent' });
    const countersOf = async (url: string) => (await askAt(`${url}/v1/stats`, {})).json()['counters'];
    // Its source and its result.
    await vi.waitFor(async () => expect(await countersOf(urls[0]!)).toMatchObject({ diskWrites: 2 }), WAIT);
    expect(await instrument(urls[1]!, {})).toMatchObject({ status: 'woven', phase: 'instrumented' });
    expect(await countersOf(urls[1]!)).toMatchObject({ woven: 0, sourceBytesReceived: 0, diskHits: 1 });
  });

  it('says in one line which Node it needs, with exit code 1, before it loads anything', async () => {
    const old = `data:text/javascript,Object.defineProperty(process,'version',{value:'v20.20.2'})`;
    const server = start(['--extensions', 'x'], { NODE_OPTIONS: `--import="${old}"` });
    const [code] = (await once(server.child, 'close')) as [number];
    expect([code, server.output()]).toEqual([1, '']);
    expect(server.errors()).toMatch(/^instr-server cannot start: .* needs Node .*, got v20\.20\.2\..*\n$/);
  });

  it('lists its options, and says which one was probably meant', async () => {
    const help = start(['--help']);
    expect((await once(help.child, 'close')) as [number]).toEqual([0, null]);
    expect(help.output()).toContain('--extensions');
    const server = start(['--extension', 'x']);
    expect((await once(server.child, 'close')) as [number]).toEqual([1, null]);
    expect(server.errors()).toContain('(Did you mean --extensions?)');
  });

  it('clears a store on request', async () => {
    const store = join(tempFolder(), 'store');
    const gc = start(['gc', '--store', store]);
    const [code] = (await once(gc.child, 'close')) as [number];
    expect([code, gc.output()]).toEqual([0, '0 contents removed, 0 kept, 0 bytes\n']);
  });
});

describe('with --local', () => {
  it('is told everything on standard input, and says when it is ready', async () => {
    const { line, socket, ask, keys } = localStart();
    const server = start(['--local']);
    server.child.stdin?.write(`${line}\n`);
    await vi.waitFor(() => expect(server.output()).toBe('{"ready":true}\n'), WAIT);
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    const { manifest } = (await ask('/v1/handshake', { agent: facts({ mode: 'local' }), have: {} })).json();
    expect(() => openSigned('manifest', String(manifest), [keys.publicKey])).not.toThrow();
    expect((await ask('/v1/rules/orders', { enabled: false })).status).toBe(200);
    expect((await ask('/v1/stats')).status).toBe(200);
    expect((await askAt('http://localhost/v1/stats', {}, socket)).status).toBe(401);
  });

  it.each([
    ['ends its input', (parent: ChildProcess) => parent.stdin?.end()],
    ['is killed', (parent: ChildProcess) => parent.kill('SIGKILL')],
  ])('is gone when its parent %s, with socket and folder', async (_, leave) => {
    const { line, socket, folder } = localStart();
    // A parent between us and the server, so that it can be killed.
    const script = `
      const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, [${JSON.stringify(MAIN)}, '--local'], { stdio: ['pipe', 'pipe', 'inherit'] });
      child.stdin.write(${JSON.stringify(`${line}\n`)});
      child.stdout.on('data', (data) => console.log(child.pid + ' ' + data));
      process.stdin.on('end', () => child.stdin.end()).resume();`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(() => void parent.kill('SIGKILL'));
    let output = '';
    parent.stdout.on('data', (chunk: Buffer) => (output += String(chunk)));
    await vi.waitFor(() => expect(output).toContain('"ready":true'), WAIT);
    const pid = Number(/^\d+/.exec(output)?.[0]);
    onTestFinished(() => {
      if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    });
    leave(parent);
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), WAIT);
    expect([existsSync(socket), existsSync(folder)]).toEqual([false, false]);
  });

  it('leaves a folder in which something else lies', async () => {
    const { line, socket, folder } = localStart();
    const server = start(['--local']);
    server.child.stdin?.write(`${line}\n`);
    await vi.waitFor(() => expect(server.output()).toContain('ready'), WAIT);
    writeFileSync(join(folder, 'mine'), '');
    const ended = once(server.child, 'exit');
    server.child.stdin?.end();
    expect(await ended).toEqual([0, null]);
    expect([existsSync(socket), existsSync(join(folder, 'mine'))]).toEqual([false, true]);
  });

  it('lives through what a terminal sends to all, and ends cleanly at SIGTERM', async () => {
    const { line, folder, ask } = localStart();
    const server = start(['--local']);
    server.child.stdin?.write(`${line}\n`);
    await vi.waitFor(() => expect(server.output()).toContain('ready'), WAIT);
    server.child.kill('SIGINT');
    server.child.kill('SIGHUP');
    expect((await ask('/healthz')).status).toBe(200);
    const ended = once(server.child, 'exit');
    server.child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(existsSync(folder)).toBe(false);
  });

  it('ends also when its parent goes before it is ready', async () => {
    const { line, folder } = localStart();
    const server = start(['--local']);
    server.child.stdin?.end(`${line}\n`);
    await once(server.child, 'exit');
    expect(existsSync(join(folder, 'server.sock'))).toBe(false);
  });

  it.each(['hello', '{}', '{"socket":1}'])('says that a first line %s is none', async (text) => {
    const server = start(['--local']);
    server.child.stdin?.write(`${text}\n`);
    const [code] = (await once(server.child, 'close')) as [number];
    expect([code, server.errors()]).toEqual([1, expect.stringContaining('must begin with a line of JSON')]);
  });

  it("keeps its results in the user's cache, so that the next tree starts warm", async () => {
    const home = tempFolder();
    const extensions = [makeExtension(RULES)];
    const counters = [];
    for (let run = 0; run < 2; run++) {
      const { line, ask } = localStart({ storeFolder: undefined, extensions });
      const server = start(['--local'], { XDG_CACHE_HOME: home });
      server.child.stdin?.write(`${line}\n`);
      await vi.waitFor(() => expect(server.output()).toContain('ready'), WAIT);
      await ask('/v1/instrument', { service: 'shop', file: fileOf(ORDERS), text: ORDERS });
      counters.push((await ask('/v1/stats')).json()['counters']);
      const ended = once(server.child, 'exit');
      server.child.stdin?.end();
      await ended;
    }
    expect(counters).toMatchObject([{ woven: 1 }, { woven: 0, diskHits: 1 }]);
    expect(existsSync(join(home, 'distrace', 'instr-server', 'content'))).toBe(true);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
