import { parseArgs } from 'node:util';

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'run'; readonly bench: string; readonly jsonFile: string | undefined }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'refuse'; readonly text: string };

/** Reads `NAME [--json FILE]` and `--help`. Anything else is refused with the list of names. */
export function readCommand(argv: readonly string[], names: readonly string[]): Command {
  const usage = [
    'npm run bench -- NAME [--json FILE]',
    '',
    `NAME is one of: ${names.join(', ')}.`,
    '--json FILE also writes the rows to FILE: { bench, variant, unit, median, ratioToNone }.',
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
