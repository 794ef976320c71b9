import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const MAIN = fileURLToPath(new URL('../../../tools/start/src/main.ts', import.meta.url));

/** What came of a run. */
export interface RunEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** `npm start`, running. */
export interface Runner extends AsyncDisposable {
  readonly child: ChildProcess;
  /** All that it printed so far. */
  output(): string;
  /** Waits until it has printed this; answers the first group. Fails when it ends before. */
  printed(pattern: RegExp): Promise<string>;
  /** Waits until it ends. */
  ended(): Promise<RunEnd>;
}

/**
 * Starts what `npm start` starts, as the scripts of package.json do. Unless `args` say otherwise its viewer gets a port
 * where nobody looks: a Zipkin of who develops here must not be used.
 */
export function startRunner(args: readonly string[], env: NodeJS.ProcessEnv = {}): Runner {
  const places = args.some((arg) => ['--zipkin', '--viewer-port'].includes(arg))
    ? []
    : ['--viewer-port', String(randomInt(20_000, 32_000))];
  const child = spawn(process.execPath, [MAIN, ...places, ...args], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer) => (output += chunk.toString());
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const exit = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    child,
    output: () => output,
    async printed(pattern) {
      await vi.waitUntil(() => pattern.test(output) || hasEnded(), { timeout: 90_000, interval: 20 });
      const match = pattern.exec(output);
      if (match === null) throw new Error(`The run ended before it printed ${String(pattern)}:\n${output}`);
      return match[1] ?? '';
    },
    async ended() {
      const [code, signal] = await exit;
      return { code, signal, output };
    },
    async [Symbol.asyncDispose]() {
      if (!hasEnded()) child.kill('SIGTERM');
      await exit;
    },
  };
}

/** Runs it with `--once` to its end. */
export async function runOnce(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<RunEnd> {
  await using runner = startRunner(['--once', ...args], env);
  return await runner.ended();
}
