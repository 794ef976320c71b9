import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** The files in `processes`. */
export type ProcessName = 'far-service' | 'endless-writer' | 'named-exporter';

/** Starts one of them. The caller ends it. */
export function startProcess(name: ProcessName, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const file = fileURLToPath(new URL(`./processes/${name}.ts`, import.meta.url));
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, ...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** How a process ended, and what it said. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Waits until it ends by itself. */
export async function endOf(child: ChildProcess, input = ''): Promise<ProcessEnd> {
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new Error('The process has no pipes.');
  const exit = once(child, 'close') as Promise<[number | null]>;
  stdin.end(input);
  const [said, complained, [code]] = await Promise.all([text(stdout), text(stderr), exit]);
  return { code, stdout: said, stderr: complained };
}

/** What the far service answers. */
export interface FarAnswer {
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: readonly string[];
  readonly bytes?: unknown;
  readonly result: object;
}

/** Hands a task over to a process of its own, and waits for its answer. */
export async function askFarService(input: {
  readonly exporter: string;
  readonly task: unknown;
  readonly close?: boolean;
}): Promise<FarAnswer> {
  const { code, stdout, stderr } = await endOf(startProcess('far-service'), JSON.stringify(input));
  if (code !== 0) throw new Error(`The far service ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as FarAnswer;
}
