import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { BrokerError } from './errors.ts';
import type { Guardian } from './guardian.ts';
import { startTimeOf } from './process-table.ts';
import { endProcess, isRunning, sendSignal } from './wards.ts';
import type { AdoptedProcess } from './wards.ts';

/** A long-running program of ours in a process group of its own, known to the guardian. */
export interface Child {
  readonly pid: number;
  isRunning(): boolean;
  /** Resolves with `SIGKILL` or `exit code 1` when it ended although nobody called `end`. */
  readonly lost: Promise<string>;
  /** SIGTERM, after `graceMs` SIGKILL; resolves when the group is gone. */
  end(options: { readonly graceMs: number }): Promise<void>;
}

/** Starts a program whose output goes to a file: a pipe would break when we are killed. It does not keep us running. */
export function startChild(
  command: string,
  args: readonly string[],
  options: {
    readonly guardian: Guardian;
    readonly env: NodeJS.ProcessEnv;
    readonly cwd: string;
    readonly outputFile: string;
  },
): Child {
  const output = openSync(options.outputFile, 'a', 0o600);
  const child = spawn(command, args, {
    detached: true,
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.on('error', () => undefined); // no pid then, told below
  child.unref();
  const { pid } = child;
  if (pid == null) {
    throw new BrokerError(
      'DT_ERR_NODE_START',
      `${command} must be a program that we can run, but it did not start. Install RabbitMQ anew.`,
    );
  }
  const adopted: AdoptedProcess = { pid, group: true, startTime: startTimeOf(pid) ?? 'gone' };
  let ending = false;
  const lost = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      if (!ending) resolve(signal ?? `exit code ${String(code)}`);
    });
  });
  try {
    options.guardian.adoptProcess(pid, { group: true });
  } catch (error) {
    // Nobody else knows it.
    sendSignal(adopted, 'SIGKILL');
    throw error;
  }
  return {
    pid,
    lost,
    isRunning: () => isRunning(adopted),
    async end({ graceMs }) {
      ending = true;
      if (graceMs <= 0) sendSignal(adopted, 'SIGKILL');
      await endProcess(adopted, { graceMs });
      options.guardian.releaseProcess(pid);
    },
  };
}
