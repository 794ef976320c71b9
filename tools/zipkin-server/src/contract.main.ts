// npm run test:zipkin: the contract with the real Zipkin where it can be had, and one line where it cannot.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findZipkin } from './find-zipkin.ts';

const found = findZipkin();
if (found.how === 'none') {
  console.log(`The contract with the real Zipkin was NOT tested: ${found.why}`);
  process.exit(0);
}
const root = join(import.meta.dirname, '../../..');
for (const [program, ...args] of [
  ['nx', 'run-many', '-t', 'build'],
  ['vitest', 'run', '--config', 'vitest.zipkin.config.ts', ...process.argv.slice(2)],
]) {
  const path = join(root, 'node_modules/.bin', program!);
  const { status } = spawnSync(process.execPath, [path, ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
