// npm start: node tools/start/src/main.ts [--help]
import { join } from 'node:path';
import { complaintOf } from './errors.ts';
import { realMachinery } from './machinery.ts';
import { HELP, parseOptions } from './options.ts';
import type { Options } from './options.ts';
import { whenParentGoes } from './parent.ts';
import { run } from './run.ts';
import { listenForSignals } from './signals.ts';
import { createTerminal } from './terminal.ts';

function optionsOrExit(): Options {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(complaintOf(error));
    return process.exit(2);
  }
}

const options = optionsOrExit();
if (options.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
// Whoever read us may be gone while there is still something to stop.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
const terminal = createTerminal(process.stdout, { env: process.env });
const interruption = listenForSignals({
  on: (signal, listener) => process.on(signal, listener),
  onParentGone: (callback) => whenParentGoes(callback),
  onFirst: (why) => terminal.line(`\nstopping (${why}); Ctrl-C stops at once`),
});
const exitCode = await run(options, {
  machinery: realMachinery(join(import.meta.dirname, '../../..'), options),
  terminal,
  complain: (text) => process.stderr.write(`\n${text}\n`),
  interruption,
  env: process.env,
});
process.exit(exitCode);
