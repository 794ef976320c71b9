import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

// The built app: only a process of its own can be killed.
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

type Child = ChildProcessByStdio<null, Readable, Readable>;

function start(env: Readonly<Record<string, string>>, args: readonly string[] = []): Child {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
    env: { PATH: process.env['PATH'], PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function readyUrl(child: Child): Promise<string> {
  let output = '';
  for await (const chunk of child.stdout) {
    output += String(chunk);
    const url = /ready on (http\S+)/.exec(output)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error(`The viewer ended before it was ready: ${output}`);
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'trace-viewer-process-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe('the process of the viewer', () => {
  it('lists its variables, takes no arguments, and says which Node it needs', async () => {
    const old = `data:text/javascript,Object.defineProperty(process,'version',{value:'v20.20.2'})`;
    for (const [code, words, args, env] of [
      [0, 'MEM_MAX_SPANS', ['--help'], {}],
      [2, 'takes no arguments but --help, got "--port"', ['--port', '1'], {}],
      [1, 'trace-viewer needs Node 22.22.3', [], { NODE_OPTIONS: `--import="${old}"` }],
    ] as const) {
      const child = start(env, args);
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => (output += String(chunk)));
      }
      expect(await once(child, 'close')).toEqual([code, null]);
      expect(output).toContain(words);
    }
  });

  it('has what it answered 202 for when it was killed, and started again', async () => {
    const env = { DISTRACE_VIEWER_FILE: join(folder(), 'spans.db') };
    const child = start(env);
    const url = await readyUrl(child);
    let accepted = 0;
    for (let id = 1; id <= 200; id++) {
      const span = { traceId: id.toString(16), id: '1', timestamp: Date.now() * 1000 };
      const sent = fetch(`${url}/api/v2/spans`, { method: 'POST', body: JSON.stringify([span]) });
      if (id === 200) {
        // The last one is on its way when the process dies.
        sent.catch(() => undefined);
        break;
      }
      if ((await sent).status === 202) accepted += 1;
    }
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    const again = await readyUrl(start(env));
    expect(accepted).toBe(199);
    for (let id = 1; id <= 199; id++) {
      const { status } = await fetch(`${again}/api/v2/trace/${id.toString(16)}`);
      expect([id, status]).toEqual([id, 200]);
    }
  });

  it('ends with 0 at SIGTERM, also while a page listens', async () => {
    const child = start({});
    const url = await readyUrl(child);
    const events = await fetch(`${url}/api/ui/events`);
    expect(events.status).toBe(200);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    await events.text().catch(() => undefined);
  });

  it.each([
    [{ PORT: 'x' }, 'PORT must be a whole number'],
    [{ DISTRACE_VIEWER_FILE: '/dev/null/spans.db' }, 'The file of stored spans must be'],
  ])('says in one line why it cannot start with %j', async (env, message) => {
    const child = start(env as Record<string, string>);
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => (output += String(chunk)));
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(1);
    expect(output.trim().split('\n')).toEqual([expect.stringContaining(message)]);
  });

  it('says that its port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as AddressInfo;
    const child = start({ PORT: String(port) });
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => (output += String(chunk)));
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(1);
    expect(output).toContain(`The viewer must have port ${port} on 127.0.0.1, but`);
    expect(output.trim().split('\n')).toHaveLength(1);
  });
});
