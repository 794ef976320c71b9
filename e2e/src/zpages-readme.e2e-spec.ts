import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { AggregationsAnswer } from '@distrace/zpages/core';
import { expect, it, vi } from 'vitest';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NODE_MODULES = join(ROOT, 'node_modules');
const PLACES = ['README.md', 'docs/guides/see-what-your-service-does.md'];
const COMPILER = [
  '--strict',
  '--target',
  'es2024',
  '--module',
  'nodenext',
  '--types',
  'node',
  '--skipLibCheck',
];

/** The first script of a page that makes zPages. */
async function scriptOf(page: string): Promise<string> {
  const text = await readFile(join(ROOT, page), 'utf8');
  const scripts = [...text.matchAll(/```js\n(.*?)```/gs)].map(([, script = '']) => script);
  return scripts.find((script) => script.includes('createZpages()')) ?? '';
}

it('the README’s script of ten lines compiles, runs and shows the page; the guide has the same', async () => {
  const [script = '', guides] = await Promise.all(PLACES.map(scriptOf));
  expect(script.trimEnd().split('\n').length).toBeLessThanOrEqual(10);
  expect(guides).toBe(script);

  const folder = await mkdtemp(join(tmpdir(), 'zpages-readme-'));
  let app: ReturnType<typeof spawn> | undefined;
  try {
    await symlink(NODE_MODULES, join(folder, 'node_modules'));
    // Only what belongs to this machine and run is another.
    await writeFile(join(folder, 'app.mts'), script.replace('9464', '0'));
    await run(process.execPath, [join(NODE_MODULES, 'typescript/bin/tsc'), ...COMPILER, 'app.mts'], {
      cwd: folder,
    });
    app = spawn(process.execPath, ['app.mjs'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    const [url] = (await once(createInterface(app.stdout!), 'line')) as [string];
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/tracez$/);
    expect(await (await fetch(url)).text()).toMatch(/^<!doctype html>/i);
    await vi.waitFor(
      async () => {
        const { rows } = (await (await fetch(`${url}?format=json`)).json()) as AggregationsAnswer;
        expect(rows).toHaveLength(1);
        expect(rows[0]).toMatchObject({ name: 'work', errors: 0 });
        const ended = rows[0]?.latency.reduce((sum, count) => sum + count, 0);
        expect(ended).toBeGreaterThan(0);
      },
      { timeout: 20_000, interval: 100 },
    );
  } finally {
    if (app !== undefined) {
      app.kill('SIGTERM');
      if (app.exitCode === null && app.signalCode === null) await once(app, 'exit');
    }
    await rm(folder, { recursive: true });
  }
});
