import type { CliIo } from '../io.js';
import { loadRules } from '../rules.js';
import { diffOf, readScript, rulesOf, weaveFile } from '../weave-file.js';

/** `distrace weave FILE --rules EXT`: the diff on standard output, what else is to say on standard error. */
export async function weaveCommand(file: string, extensions: readonly string[], io: CliIo): Promise<void> {
  const { prepared } = await loadRules(extensions, io.cwd);
  const script = await readScript(file, io.cwd);
  const { result } = weaveFile(script, rulesOf(script, prepared));
  for (const { code, reason, function: name, line } of result.report.refused) {
    io.err(`stays as it is: ${name === undefined ? 'the file' : `${name}:${line}`}: ${reason} (${code})\n`);
  }
  if (result.probes.length === 0) io.err('nothing to weave; distrace doctor says why\n');
  io.out(diffOf(script, result.code));
}
