import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { isPortFree } from '@distrace/broker';

const script = join(import.meta.dirname, 'fake-run.ts');

/** A fake run as a test sees it. */
export interface FakeRun {
  readonly pid: number;
  readonly portBase: number;
  /** Where it looks for Zipkin and starts its viewer. */
  readonly viewerPort: number;
  readonly folder: string;
  output(): string;
  /** Lines of what ended, in order. */
  journal(): readonly string[];
  pidOf(app: string): number;
  /** Its data folder, as its apps were told; empty before the first began. */
  dataFolder(): string;
  readonly exitCode: Promise<number | null>;
  waitForOutput(pattern: RegExp | string): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Options of `startFakeRun`. */
export interface FakeRunOptions {
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly portBase?: number;
  /** Default: three above the base. */
  readonly viewerPort?: number;
  /** Wraps the command line: gets `node script args`, gives the command to spawn. Default: as it is. */
  readonly wrap?: (command: readonly string[]) => readonly string[];
}

// Below the range of `freePort`, and never the same twice: a test that asks afterwards whether its ports are
// free must not meet one that a test beside it was given at random.
let nextBase = 10_000 + 10 * randomInt(800);

/** Three for the apps, one for the viewer. */
async function fourFreePorts(): Promise<number> {
  for (;;) {
    const base = nextBase;
    nextBase += 10;
    const free = await Promise.all([0, 1, 2, 3].map((offset) => isPortFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
}

/** Starts `fake-run.ts` in a process of its own. */
export async function startFakeRun(options: FakeRunOptions = {}): Promise<FakeRun> {
  const { args = [], env = {}, wrap = (command) => command } = options;
  const portBase = options.portBase ?? (await fourFreePorts());
  const viewerPort = options.viewerPort ?? portBase + 3;
  const folder = mkdtempSync(join(tmpdir(), 'distrace-fakes-'));
  const viewerArgs = args.includes('--zipkin') ? [] : ['--viewer-port', String(viewerPort)];
  const [file, ...rest] = wrap([
    process.execPath,
    script,
    '--port-base',
    String(portBase),
    ...viewerArgs,
    ...args,
  ]);
  const child = spawn(file!, rest, {
    env: { ...process.env, FAKE_DIR: folder, npm_lifecycle_event: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const listener of listeners) listener();
    });
  }
  const exitCode = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code));
  });
  const read = (name: string) => {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch {
      return '';
    }
  };
  return {
    pid: child.pid!,
    portBase,
    viewerPort,
    folder,
    output: () => output,
    journal: () => read('journal').split('\n').filter(Boolean),
    pidOf: (app) => Number(read(`${app}.pid`)),
    dataFolder: () => read('data'),
    exitCode,
    waitForOutput: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (typeof pattern === 'string' ? !output.includes(pattern) : !pattern.test(output)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
        void exitCode.then(() => reject(new Error(`ended before it said ${String(pattern)}:\n${output}`)));
      }),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exitCode;
      // Apps of a run that was killed may be writing their last words.
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}

/** Whether a process is there; one that has ended but was not yet asked for does not count. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && process.platform !== 'linux';
  }
}

/** Waits for a condition that another process brings about. */
export const eventually = <T>(check: () => T | Promise<T>) =>
  vi.waitFor(check, { timeout: 10_000, interval: 20 });
