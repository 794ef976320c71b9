import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { exitOf, settlesWithin, signalGroup } from './child.ts';
import type { Exit } from './child.ts';
import type { ProcessName } from './ports.ts';

/** What it takes to run one app, or the viewer. */
export interface AppSpec {
  readonly name: ProcessName;
  /** Compiled main file. */
  readonly entry: string;
  /** Options of Node's; default none. */
  readonly nodeArgs?: readonly string[];
  readonly cwd: string;
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
  /** Where its stdout and stderr go; appended to. */
  readonly logFile: string;
}

/** A running app. */
export interface AppProcess {
  readonly name: ProcessName;
  readonly pid: number | undefined;
  readonly port: number;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly exited: Promise<Exit>;
  /** The last lines of its log, without colours. */
  lastLines(): Promise<string>;
  /** SIGTERM and, when it is not gone by the deadline or when `hurry` aborts, SIGKILL for its group. */
  stop(options: { readonly deadlineMs: number; readonly hurry?: AbortSignal }): Promise<'ended' | 'killed'>;
}

/** Starts an app in a group of its own, so that a terminal's Ctrl-C does not reach it before the ordered stop. */
export function startApp({ name, entry, nodeArgs = [], cwd, port, env, logFile }: AppSpec): AppProcess {
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...nodeArgs, entry], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const exited = exitOf(child);
  const { pid } = child;

  return {
    name,
    pid,
    port,
    url: `http://127.0.0.1:${port}`,
    exited,
    lastLines: () => lastLines(logFile),
    async stop({ deadlineMs, hurry }) {
      const isRunning = child.exitCode === null && child.signalCode === null;
      if (pid === undefined || !isRunning) return 'ended';
      if (hurry?.aborted !== true) child.kill('SIGTERM');
      if (await settlesWithin(exited, hurry?.aborted ? 0 : deadlineMs, hurry)) return 'ended';
      signalGroup(pid, 'SIGKILL');
      await exited;
      return 'killed';
    },
  };
}

/** The last lines of a file, at most 4 KiB of it, without terminal controls. */
export async function lastLines(path: string, count = 15): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { size } = await file.stat();
    const length = Math.min(size, 4_096);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    const lines = stripVTControlCharacters(buffer.toString('utf8')).trimEnd().split('\n');
    return lines.slice(-count).join('\n');
  } finally {
    await file.close();
  }
}
