import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { didYouMean } from '../services/near-names.js';
import { doctorCommand } from './commands/doctor.js';
import type { DoctorOptions } from './commands/doctor.js';
import { keysCreateCommand } from './commands/keys-create.js';
import { packBuildCommand } from './commands/pack-build.js';
import type { PackBuildOptions } from './commands/pack-build.js';
import { weaveCommand } from './commands/weave.js';
import { oneLine } from './errors.js';
import type { CliIo } from './io.js';
import { connection, days, needs, several, text } from './options.js';

const RULES = 'folder or package of an extension; may be given again';

/** The `distrace` command: what it understands, and what does it. */
export function programOf(io: CliIo): Command {
  const program = new Command('distrace')
    .description('Looks at what extensions do to files, and makes keys and packs.')
    .version(versionOf(), '--version', 'print the version')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (out) => io.out(out),
      writeErr: (err) => io.err(err),
      outputError: (message, write) => write(`distrace: ${oneLine({ message: shorter(message) })}\n`),
    });

  needs(program.command('weave'), 'rules')
    .argument('<file>', 'JavaScript as Node runs it')
    .option('--rules <extension>', RULES, several)
    .description('prints what is inserted into a file, as a unified diff')
    .action((file: string, { rules }: { readonly rules: readonly string[] }) =>
      weaveCommand(file, rules, io),
    );

  program
    .command('doctor')
    .argument('<file>', 'JavaScript as Node runs it')
    .option('--rules <extension>', RULES, several)
    .option(
      '--server <connection>',
      'server to ask: host:port, http(s)://host:port or unix:/path',
      connection,
    )
    .option(
      '--token <token>',
      'token for the server; default the environment variable DISTRACE_AGENT_TOKEN',
      text,
    )
    .option('--service <name>', 'service to ask for', text, 'doctor')
    .option('--send', 'send the source where the server does not have it', false)
    .description('says what a file is, which rules touch it, and why others do not')
    .action((file: string, options: DoctorOptions) => doctorCommand(file, options, io));

  group(program, 'keys', 'keys for signing')
    .command('create')
    .option('--out <folder>', 'where distrace.key and distrace.pub go', text, '.')
    .description('makes an Ed25519 key pair')
    .action(({ out }: { readonly out: string }) => keysCreateCommand(out, io));

  const pack = group(program, 'pack', 'packs: tracing without a server');
  needs(pack.command('build'), 'rules', 'service', 'key', 'out')
    .argument('<folder...>', 'root folders of the app, node_modules included')
    .option('--rules <extension>', RULES, several)
    .option('--service <name>', 'the service the pack is for', text)
    .option('--key <file>', "the publisher's private key", text)
    .option('--out <file>', 'the pack file to write', text)
    .option('--valid-days <days>', 'days for which processes follow it', days, 365)
    .option('--allow-empty', 'write the pack also where no file is woven', false)
    .description('weaves all marked files and signs the result, for connection=file:PACK')
    .action((folders: readonly string[], options: PackBuildOptions) =>
      packBuildCommand(folders, options, io),
    );

  program
    .command('help')
    .argument('[command...]', 'such as: pack build')
    .description('says more about a command')
    .action((names: readonly string[]) => helpOn(program, names));

  return program;
}

function group(program: Command, name: string, description: string): Command {
  return program.command(name).description(description).helpCommand(false);
}

/** Commander's own knows one level, and answers an unknown command with everything. */
function helpOn(program: Command, names: readonly string[]): void {
  let command = program;
  for (const name of names) {
    const next = command.commands.find((each) => each.name() === name);
    const known = command.commands.map((each) => each.name());
    if (next === undefined) return command.error(`unknown command '${name}'${didYouMean(name, known)}`);
    command = next;
  }
  command.help();
}

/** `--extensions` is what servers and agents call it. */
function shorter(message: string): string {
  const said = message.replace(/^error: /, '').trim();
  return /^unknown option '--ext\w*'$/.test(said) ? `${said} (Did you mean --rules?)` : said;
}

// Beside src and dist alike.
function versionOf(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
