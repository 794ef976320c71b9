import { parseArgs } from 'node:util';

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'run'; readonly bench: string; readonly jsonFile: string | undefined }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'refuse'; readonly text: string };

/**
 * Reads `NAME [--json FILE]` and `--help`. Anything else is refused with the list of benches, `about`: what each
 * measures and how long it takes, by name.
 */
export function readCommand(argv: readonly string[], about: Readonly<Record<string, string>>): Command {
  const names = Object.keys(about);
  const width = Math.max(...names.map((name) => name.length));
  const usage = [
    'npm run bench -- NAME [--json FILE]',
    '',
    ...names.map((name) => `  ${name.padEnd(width)}  ${about[name]}`),
    '',
    '--json FILE also writes the rows to FILE: { bench, variant, unit, median, ratioToNone }.',
    'Each run ends with a line for each target that its rows speak of: a bound on what tracing may cost beside',
    'a peer. "holds" and "MISSED" are for a person to read: a miss does not change the exit code.',
    'How to read the tables: docs/reference/benchmarks.md',
  ].join('\n');
  const refuse = (why: string): Command => ({ kind: 'refuse', text: `${why}\n\n${usage}` });
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { json: { type: 'string' }, help: { type: 'boolean' } },
    });
    if (values.help === true) return { kind: 'help', text: usage };
    const [bench, ...others] = positionals;
    if (bench === undefined) return refuse('Which bench?');
    if (others.length > 0) return refuse(`One bench at a time, got ${positionals.join(' ')}.`);
    if (!names.includes(bench)) return refuse(`There is no bench "${bench}".`);
    return { kind: 'run', bench, jsonFile: values.json };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}
