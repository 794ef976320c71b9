import { spawn } from 'node:child_process';
import { messageOf } from './errors.ts';

/** How a short command ended; `code` is undefined when it could not start, or had to be killed. */
export interface RunResult {
  readonly code: number | undefined;
  readonly output: string;
}

const maxOutputChars = 64_000;

/** Runs a short command to its end and keeps what it printed. Never rejects; kills it after `timeoutMs`. */
export function run(
  command: string,
  args: readonly string[],
  options: { readonly timeoutMs: number; readonly cwd?: string; readonly signal?: AbortSignal },
): Promise<RunResult> {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, {
      cwd: options.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
      signal: options.signal,
    });
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-maxOutputChars);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => resolve({ code: undefined, output: messageOf(error) }));
    child.once('close', (code) => resolve({ code: code ?? undefined, output }));
  });
}
