import { nodeProblem } from './check-node.js';

const argv = process.argv.slice(2);

try {
  const problem = nodeProblem('instr-server', process.version);
  if (problem !== undefined) throw new Error(problem);
  await run();
} catch (error) {
  const { code, message } =
    error instanceof Error
      ? (error as NodeJS.ErrnoException)
      : (new Error(String(error)) as NodeJS.ErrnoException);
  const ours = code?.startsWith('DT_ERR_') === true ? `${code}: ` : '';
  console.error(`instr-server cannot start: ${ours}${message}`);
  process.exit(1);
}

// All is loaded inside, so that what cannot be used, Node itself included, is one line and exit code 1, not a stack.
async function run(): Promise<void> {
  if (argv.includes('--help') || argv[0] === 'help') {
    const { helpText } = await import('./cli/settings.js');
    console.log(helpText());
    return;
  }
  await import('reflect-metadata');
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
  } else if (argv[0] === 'gc') {
    const { runGc } = await import('./cli/gc.js');
    console.log(await runGc(argv.slice(1), process.env));
  } else {
    const { configure } = await import('./cli/configure.js');
    const { options, listen } = configure(argv, process.env);
    const { runInstrServer } = await import('./run-instr-server.js');
    await runInstrServer(options, listen);
  }
}
