import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a program said. */
export interface ProgramOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a file of `programs` with Node to its end; rejects when it fails, or takes a minute. */
export function runProgram(
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<ProgramOutput> {
  return runFile(fileURLToPath(new URL(`./programs/${name}.ts`, import.meta.url)), args, env);
}

/** The same for any file. */
export async function runFile(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<ProgramOutput> {
  const argv = ['--disable-warning=ExperimentalWarning', file, ...args];
  return await run(process.execPath, argv, { timeout: 60_000, env: { ...process.env, ...env } });
}
