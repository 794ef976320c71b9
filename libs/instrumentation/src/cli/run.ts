import { CommanderError } from 'commander';
import { CliError, oneLine } from './errors.js';
import type { CliIo } from './io.js';
import { programOf } from './program.js';

/** Runs the `distrace` command. Answers the exit code: 0; 1 when it could not be done; 2 when it was asked for wrongly. */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  try {
    await programOf(io).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has said its own by now.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    io.err(`distrace: ${oneLine(error)}\n`);
    return error instanceof CliError ? error.exitCode : 1;
  }
}
