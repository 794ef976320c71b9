import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderOf, removeFolders } from '../services/extension.spec.helper.js';
import { run } from './cli.spec.helper.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const guide = readFileSync(join(ROOT, 'docs/guides/write-an-extension.md'), 'utf8');
const execute = promisify(execFile);

/** Files that the guide lets its reader save: a path before a colon, and then a block. */
const files = Object.fromEntries(
  [...guide.matchAll(/`([\w./-]+\/[\w./-]+)`(?:, for[^`]*`[^`]*`[^`]*)?:\n\n```\w+\n([^]*?)```/g)].map(
    ([, path, text]) => [path!, text!],
  ),
);

/** Commands of the guide and what they are to print. */
const commands = [...guide.matchAll(/^\$ npx --no distrace (.*)\n((?:(?!```|\$ ).*\n)*)/gm)].map(
  ([, line, output]) => ({
    args: line!.split(' '),
    output: output!,
  }),
);

/** `…` stands for anything, and so does nothing. */
function shown(text: string): RegExp {
  const parts = (text === '' ? '…' : text).split('…');
  return new RegExp(
    `^${parts.map((part) => part.replace(/[\\^$.|?*+(){}[\]/]/g, String.raw`\$&`)).join('[^]*?')}$`,
  );
}

describe('docs/guides/write-an-extension.md', { timeout: 120_000 }, () => {
  let folder = '';

  beforeEach(async () => {
    folder = await folderOf(files);
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  });

  afterEach(removeFolders);

  it('shows what the commands print, and traces the application', async () => {
    expect(Object.keys(files)).toHaveLength(7);
    expect(commands.map(({ args }) => args[0])).toEqual(['doctor', 'weave', 'keys', 'pack']);
    const [doctor, ...others] = commands;
    expect((await run(folder, doctor!.args)).out).toMatch(shown(doctor!.output));
    await correct(join(folder, 'shop-extension/index.js'), 'resreve', 'reserve');
    // The next two are loaded in processes of their own: this one has the module already.
    for (const { args, output } of others) {
      const command = join(ROOT, 'libs/instrumentation/bin/distrace.js');
      const { stdout } = await execute(process.execPath, [command, ...args], { cwd: folder });
      expect(stdout.replace(/ +$/gm, '')).toMatch(shown(output));
    }

    const [, settings = ''] = /DISTRACE_ARGS='(.*)'/.exec(guide) ?? [];
    const agent = ['--import', '@distrace/agent/register', 'shop/main.js'];
    const { stdout, stderr } = await execute(process.execPath, agent, {
      cwd: folder,
      env: { ...process.env, DISTRACE_ARGS: settings },
    });
    expect(stdout).toContain("{ item: 'tea', count: 2 }\n");
    const [reserve, place] = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('  INTERNAL  '));
    expect(reserve).toMatch(/^\S+ {2}shop {2}Orders\.reserve /);
    expect(place).toMatch(/^\S+ {2}shop {2}Orders\.place .* id=(\w+)$/);
    expect(reserve).toContain(`parent=${/ id=(\w+)/.exec(place!)?.[1]}`);
  });

  it('has a unit test that passes', async () => {
    const cwd = join(folder, 'shop-extension');
    const { stdout } = await execute(process.execPath, ['--test'], {
      cwd,
      env: { PATH: process.env['PATH'] },
    });
    expect(stdout).toContain('pass 1');
  });
});

async function correct(file: string, from: string, to: string): Promise<void> {
  await writeFile(file, (await readFile(file, 'utf8')).replace(from, to));
}
