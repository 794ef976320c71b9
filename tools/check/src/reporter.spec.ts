import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { countRun, formatCount } from './run-count.ts';

const test = (state: string) => ({ type: 'test', result: () => ({ state }) });

describe('the count', () => {
  it('sums test cases through nested suites', () => {
    const suite = { type: 'suite', errors: () => [], children: [test('passed'), test('skipped')] };
    const module = { type: 'module', errors: () => [], children: [test('passed'), suite, test('failed')] };
    expect(formatCount(countRun([module], []))).toBe('2 passed, 1 failed, 1 skipped');
  });

  it('counts a file that did not load, a broken hook and an error outside tests as one failure each', () => {
    const broken = { type: 'module', errors: () => ['no such file', 'again'], children: [] };
    const suite = { type: 'suite', errors: () => ['beforeAll threw'], children: [] };
    const module = { type: 'module', errors: () => [], children: [suite] };
    expect(formatCount(countRun([broken, module], ['unhandled']))).toBe('0 passed, 3 failed');
  });
});

describe('the reporter', () => {
  const folders: string[] = [];
  afterEach(async () => {
    await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
  });

  it('says the count of all projects in the very last line', async () => {
    const workspace = join(import.meta.dirname, '../../..');
    const folder = await mkdtemp(join(tmpdir(), 'distrace-reporter-'));
    folders.push(folder);
    await symlink(join(workspace, 'node_modules'), join(folder, 'node_modules'));
    const write = (name: string, text: string) => writeFile(join(folder, name), text);
    await mkdir(join(folder, 'a'));
    await write('package.json', '{ "type": "module" }');
    await write(
      'vitest.config.js',
      `export default { test: {
        reporters: ['default', ${JSON.stringify(join(import.meta.dirname, 'reporter.ts'))}],
        projects: [
          { test: { name: 'one', include: ['a/*.one.js'] } },
          { test: { name: 'two', include: ['a/*.two.js'] } },
        ],
      } };`,
    );
    await write(
      'a/x.one.js',
      `import { expect, it } from 'vitest'; it('a', () => {}); it('b', () => expect(1).toBe(2));`,
    );
    await write('a/y.two.js', `import { it } from 'vitest'; it('a', () => {}); it.skip('b', () => {});`);
    await write('a/z.two.js', `import './missing.js';`);
    const vitest = join(workspace, 'node_modules/vitest/vitest.mjs');
    const output = await new Promise<string>((resolve) => {
      const env = { ...process.env, VITEST: undefined, NODE_ENV: undefined, NO_COLOR: '1' };
      execFile(process.execPath, [vitest, 'run'], { cwd: folder, env }, (_error, stdout) => resolve(stdout));
    });
    expect(output.trimEnd().split('\n').at(-1)).toBe('2 passed, 2 failed, 1 skipped');
  });
});
