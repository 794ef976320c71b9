import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const CLIENT = fileURLToPath(new URL('../../../examples/untraced/dist/client/main.js', import.meta.url));
const MIB = 1024;
/** Linux counts processes' time in these. */
const TICK_MILLIS = 10;
const READY_MS = 60_000;

/** One start of the client, up to its first answer. */
export interface Start {
  readonly millis: number;
  /** Undefined where the system does not say. */
  readonly cpuMillis: number | undefined;
  readonly rssMib: number | undefined;
}

/** Starts the untraced client, waits for its first answer over HTTP, and ends it. */
export async function startClient(
  flags: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Start> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...flags, CLIENT], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const url = await readyUrl(child);
    const response = await fetch(`${url}/health`);
    await response.text();
    const millis = performance.now() - startedAt;
    return { millis, cpuMillis: cpuOf(child.pid!), rssMib: rssOf(child.pid!) };
  } finally {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  }
}

function readyUrl(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(() => reject(new Error('the client was not ready in time')), READY_MS);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    const url = /ready on (http:\S+)/.exec(output)?.[1];
    if (url !== undefined) resolve(url);
  });
  child.once('exit', (code) => reject(new Error(`the client ended with code ${code}: ${output}`)));
  return promise.finally(() => clearTimeout(timer));
}

function cpuOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MILLIS;
  } catch {
    return undefined;
  }
}

function rssOf(pid: number): number | undefined {
  try {
    const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match === null ? undefined : Number(match[1]) / MIB;
  } catch {
    return undefined;
  }
}
