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

  /** Runs Vitest over two projects, `one` and `two`, in a folder of their own. */
  async function runVitest(files: Readonly<Record<string, string>>, args: readonly string[] = []) {
    const workspace = join(import.meta.dirname, '../../..');
    const folder = await mkdtemp(join(tmpdir(), 'distrace-reporter-'));
    folders.push(folder);
    await symlink(join(workspace, 'node_modules'), join(folder, 'node_modules'));
    await mkdir(join(folder, 'a'));
    const reporter = [
      join(import.meta.dirname, 'reporter.ts'),
      {
        acceptance: [
          { page: 'promises.md', folders: ['a/'] },
          { page: 'others.md', folders: ['a/'], letters: 'TN' },
        ],
      },
    ];
    const all = {
      'package.json': '{ "type": "module" }',
      'promises.md': '| 1 | This holds. |\n| 2 | That holds. |\n',
      'others.md': '| T01 | Others hold. | [w.one.js](a/w.one.js) |\n',
      'vitest.config.js': `export default { test: {
        reporters: ['default', ${JSON.stringify(reporter)}],
        projects: [
          { test: { name: 'one', include: ['a/*.one.js'] } },
          { test: { name: 'two', include: ['a/*.two.js'] } },
        ],
      } };`,
      ...files,
    };
    await Promise.all(Object.entries(all).map(([name, text]) => writeFile(join(folder, name), text)));
    const vitest = join(workspace, 'node_modules/vitest/vitest.mjs');
    return new Promise<{ readonly failed: boolean; readonly lines: readonly string[] }>((resolve) => {
      const env = { ...process.env, VITEST: undefined, NODE_ENV: undefined, NO_COLOR: '1' };
      execFile(process.execPath, [vitest, 'run', ...args], { cwd: folder, env }, (error, stdout) =>
        resolve({ failed: error !== null, lines: stdout.trimEnd().split('\n') }),
      );
    });
  }

  it('says the count of all projects in the very last line', async () => {
    const { lines } = await runVitest({
      'a/w.one.js': `import { it } from 'vitest'; it('1, 2: all', () => {}); it('T01: too', () => {});`,
      'a/x.one.js': `import { expect, it } from 'vitest'; it('a', () => {}); it('b', () => expect(1).toBe(2));`,
      'a/y.two.js': `import { it } from 'vitest'; it('a', () => {}); it.skip('b', () => {});`,
      'a/z.two.js': `import './missing.js';`,
    });
    expect(lines.at(-1)).toBe('4 passed, 2 failed, 1 skipped');
    expect(lines.join('\n')).not.toMatch(/(?:promises|others)\.md/);
  });

  describe('with promises', () => {
    const files = {
      'a/x.one.js': `import { it } from 'vitest'; it('1: this', () => {}); it('T01: too', () => {});`,
      'a/y.two.js': `import { it } from 'vitest'; it.skip('2: that', () => {}); it('3: more', () => {});`,
    };

    it('fails a run of all tests for a number without a running test, and for one without a row', async () => {
      const { failed, lines } = await runVitest(files);
      expect(failed).toBe(true);
      expect(lines.slice(-4)).toEqual([
        'No test ran and passed for the numbers of promises.md: 2',
        'Tests have numbers without a row in promises.md: 3',
        'No test ran and passed where it should be, by others.md: T01 in a/w.one.js',
        '3 passed, 1 failed, 1 skipped',
      ]);
    });

    it.each([['x.one'], ['-t', 'this'], ['--project', 'one'], ['--shard', '1/2']])(
      'checks nothing when only some tests were asked for: %s %s',
      async (...args) => {
        const { failed, lines } = await runVitest(
          files,
          args.filter((arg) => typeof arg === 'string'),
        );
        expect(failed).toBe(false);
        expect(lines.join('\n')).not.toMatch(/(?:promises|others)\.md/);
      },
    );
  });
});
