import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { doctorCommand } from './commands/doctor.js';
import type { DoctorOptions } from './commands/doctor.js';
import { keysCreateCommand } from './commands/keys-create.js';
import { packBuildCommand } from './commands/pack-build.js';
import type { PackBuildOptions } from './commands/pack-build.js';
import { weaveCommand } from './commands/weave.js';
import { CliError, oneLine } from './errors.js';
import type { CliIo } from './io.js';

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

const RULES = 'folder or package of an extension; may be given again';

function programOf(io: CliIo): Command {
  const program = new Command('distrace')
    .description('Looks at what extensions do to files, and makes keys and packs.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
      outputError: (text, write) => write(`distrace: ${text.replace(/^error: /, '')}`),
    });

  program
    .command('weave')
    .argument('<file>', 'JavaScript as Node runs it')
    .requiredOption('--rules <extension>', RULES, several)
    .description('prints what is inserted into a file, as a unified diff')
    .action((file: string, { rules }: { readonly rules: readonly string[] }) =>
      weaveCommand(file, rules, io),
    );

  program
    .command('doctor')
    .argument('<file>', 'JavaScript as Node runs it')
    .option('--rules <extension>', RULES, several)
    .option('--server <connection>', 'server to ask: host:port, http(s)://host:port or unix:/path')
    .option('--token <token>', 'token for the server; default the environment variable DISTRACE_AGENT_TOKEN')
    .option('--service <name>', 'service to ask for', 'doctor')
    .option('--send', 'send the source where the server does not have it', false)
    .description('says what a file is, which rules touch it, and why others do not')
    .action((file: string, options: DoctorOptions) => doctorCommand(file, options, io));

  program
    .command('keys')
    .description('keys for signing')
    .command('create')
    .option('--out <folder>', 'where distrace.key and distrace.pub go', '.')
    .description('makes an Ed25519 key pair')
    .action(({ out }: { readonly out: string }) => keysCreateCommand(out, io));

  program
    .command('pack')
    .description('packs: tracing without a server')
    .command('build')
    .argument('<folder...>', 'folders of the app, with what is installed in them')
    .requiredOption('--rules <extension>', RULES, several)
    .requiredOption('--service <name>', 'the service the pack is for')
    .requiredOption('--key <file>', "the publisher's private key")
    .requiredOption('--out <file>', 'the pack file to write')
    .option('--valid-days <days>', 'days for which processes follow it', positive, 365)
    .description('weaves all marked files and signs the result, for connection=file:PACK')
    .action((folders: readonly string[], options: PackBuildOptions) =>
      packBuildCommand(folders, options, io),
    );

  return program;
}

function several(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function positive(value: string): number {
  const number = Number(value);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new InvalidArgumentError('It must be a number above 0.');
}
