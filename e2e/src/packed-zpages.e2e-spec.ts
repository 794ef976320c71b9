import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '@distrace/broker';
import type { Row } from '@distrace/zpages/core';
import { expect, it, vi } from 'vitest';
import { filesOf, makePackedApp, NEST_PACKAGES, readText, tsconfigOf } from './support/packed-app.ts';

const PATIENT = { timeout: 20_000, interval: 100 };

/** The edits that a guide shows as diffs, by the file they are made in. */
function editsOf(guide: string): Map<string, readonly string[]> {
  const blocks = [...guide.matchAll(/```diff\n \/\/ (src\/[\w.]+)\n(.*?)```/gs)];
  return new Map(blocks.map(([, name = '', text = '']) => [name, text.split('@@\n')]));
}

/** Makes edits in a text as `patch` would, and fails where it does not have the lines that an edit goes by. */
function edited(text: string, edits: readonly string[]): string {
  const side = (edit: string, marks: string) =>
    edit
      .split('\n')
      .filter((line) => line !== '' && marks.includes(line.charAt(0)))
      .map((line) => `${line.slice(1)}\n`)
      .join('');
  return edits.reduce((before, edit) => {
    const old = side(edit, ' -');
    expect(before).toContain(old);
    return before.replace(old, () => side(edit, ' +'));
  }, text);
}

it('the guide’s two edits show what a service does, outside the workspace, from the packed libraries', async () => {
  const service = await readText('docs/guides/trace-your-nest-service.md');
  const edits = editsOf(await readText('docs/guides/see-what-your-service-does.md'));
  expect([...edits.keys()]).toEqual(['src/tracing.ts', 'src/app.module.ts']);
  const port = await freePort();
  // The service without a queue, which the guide shows first.
  const files = new Map<string, string>();
  for (const [name, text] of filesOf(service)) {
    if (!files.has(name))
      files.set(name, edited(text, edits.get(name) ?? []).replaceAll('3000', String(port)));
  }
  expect(files.size).toBe(3);
  await using app = await makePackedApp({
    libraries: ['zipkin', 'tracing', 'zpages'],
    packages: [...NEST_PACKAGES.filter((name) => !/amqp/.test(name)), '@opentelemetry/sdk-trace'],
    files,
    tsconfig: tsconfigOf(service),
  });

  const running = spawn(process.execPath, ['dist/main.js'], { cwd: app.folder, stdio: 'ignore' });
  try {
    const origin = `http://127.0.0.1:${port}`;
    const body = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"what":"tea"}' };
    await vi.waitFor(async () => {
      const response = await fetch(`${origin}/orders`, body);
      expect(await response.json()).toEqual({ accepted: 'tea' });
    }, PATIENT);
    await vi.waitFor(async () => {
      const response = await fetch(`${origin}/zpages/tracez?format=json`);
      const { rows } = (await response.json()) as { readonly rows: readonly Row[] };
      expect(rows.map(({ name }) => name)).toEqual(['POST /orders']);
      expect(rows[0]?.latency.reduce((sum, count) => sum + count, 0)).toBe(1);
    }, PATIENT);
    const page = await fetch(`${origin}/zpages/tracez`);
    expect(await page.text()).toContain('POST /orders');
    expect((await fetch(`${origin}/zpages/style.css`)).status).toBe(200);
  } finally {
    running.kill('SIGTERM');
    await once(running, 'exit');
  }
  expect(running.exitCode).toBe(0);
}, 180_000);
