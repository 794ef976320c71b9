import 'reflect-metadata';
import { messageOf } from '@distrace/nest-server';

const argv = process.argv.slice(2);

try {
  // Loaded inside, so that a setting which cannot be used is one line and exit code 1, not a stack.
  if (argv[0] === '--local') {
    const { runLocal } = await import('./cli/local.js');
    await runLocal({
      stdin: process.stdin,
      env: process.env,
      say: (line) => console.log(line),
      complain: (line) => console.error(line),
      exit: (code) => process.exit(code),
      onSignal: (signal, listener) => void process.on(signal, listener),
    });
  } else if (argv.includes('--help')) {
    const { helpText } = await import('./cli/settings.js');
    console.log(helpText());
  } else if (argv[0] === 'gc') {
    const { runGc } = await import('./cli/gc.js');
    console.log(await runGc(argv.slice(1), process.env));
  } else {
    const { configure } = await import('./cli/configure.js');
    const { runInstrServer } = await import('./run-instr-server.js');
    const { options, listen } = configure(argv, process.env);
    await runInstrServer(options, listen);
  }
} catch (error) {
  console.error(`instr-server cannot start: ${messageOf(error)}`);
  process.exit(1);
}
