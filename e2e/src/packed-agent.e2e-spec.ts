import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

it('the extension of the guide is written, packed and run outside the workspace, from the packed libraries', async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'packed-agent-')));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of await filesOfGuide()) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const libraries = ['zipkin', 'tracing', 'instrumentation', 'agent'];
  const workspaces = libraries.flatMap((name) => ['-w', `@distrace/${name}`]);
  await run('npm', ['pack', ...workspaces, '--pack-destination', folder], { cwd: ROOT });
  const tarballs = libraries.map((name) => `./distrace-${name}-0.1.0.tgz`);
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm', ['install', ...quiet, ...tarballs], { cwd: folder });

  const npx = ['--no', '--', 'distrace'];
  const { stdout: version } = await run('npx', [...npx, '--version'], { cwd: folder });
  expect(version).toBe('0.1.0\n');
  await run('npx', [...npx, 'keys', 'create', '--out', 'keys'], { cwd: folder });
  const rules = ['--rules', './shop-extension', '--service', 'shop', '--key', 'keys/distrace.key'];
  const build = ['pack', 'build', 'shop', ...rules, '--out', 'shop.pack'];
  const { stdout: built } = await run('npx', [...npx, ...build], { cwd: folder });
  expect(built).toMatch(/^shop\.pack: 1 of \d+ candidate files woven/);

  // Of the four, an app needs the agent alone.
  await rm(join(folder, 'node_modules/@distrace/instrumentation'), { recursive: true });
  const args = 'connection=file:shop.pack;service=shop;public_key=@keys/distrace.pub;span_exporter=console()';
  const { stdout } = await run(process.execPath, ['--import', '@distrace/agent/register', 'shop/main.js'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], XDG_CACHE_HOME: join(folder, 'cache'), DISTRACE_ARGS: args },
  });
  expect(stdout).toContain("{ item: 'tea', count: 2 }");
  expect(stdout).toContain('  shop  Orders.reserve  INTERNAL  ');
  expect(stdout).toContain('  shop  Orders.place  INTERNAL  ');
}, 300_000);

/** Files that the guide lets its reader save, its one slip corrected. */
async function filesOfGuide(): Promise<readonly (readonly [name: string, text: string])[]> {
  const guide = await readFile(join(ROOT, 'docs/guides/write-an-extension.md'), 'utf8');
  const saved = guide.matchAll(
    /`(shop[\w./-]*\/[\w./-]+)`(?:, for[^`]*`[^`]*`[^`]*)?:\n\n```\w+\n([^]*?)```/g,
  );
  return [...saved].map(
    ([, name = '', text = '']) => [name, text.replace("'resreve'", "'reserve'")] as const,
  );
}
