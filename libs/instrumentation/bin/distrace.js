#!/usr/bin/env node
// Not dist/cli/main.js itself: npm links a command only if its file is there when it installs, before the first build.
import { nodeProblem } from '../dist/cli/check-node.js';

const problem = nodeProblem('distrace', process.version);
if (problem === undefined) await import('../dist/cli/main.js');
else {
  console.error(problem);
  process.exitCode = 1;
}
