import { nodeProblem } from './check-node.js';
import { argumentProblem, helpText } from './help.js';

const argv = process.argv.slice(2);
const oldNode = nodeProblem('trace-viewer', process.version);
const badArgument = argumentProblem(argv);

if (argv.includes('--help') || argv[0] === 'help') {
  console.log(helpText());
} else if (oldNode !== undefined) {
  console.error(oldNode);
  process.exitCode = 1;
} else if (badArgument !== undefined) {
  console.error(badArgument);
  process.exitCode = 2;
} else {
  // Loaded inside, so that what cannot be used, Node itself included, is one line and exit code 1, not a stack.
  await import('reflect-metadata');
  const { runService } = await import('@distrace/nest-server');
  await runService('trace-viewer', async () => (await import('./start.js')).startTraceViewer());
}
