import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSpool, readSpool } from '@distrace/start';
import { TraceContext } from '@distrace/tracing';
import { createTracingHarness } from '@distrace/tracing/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startProcess } from './far.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'disk-'));
});
afterEach(() => rm(folder, { recursive: true }));

const filesIn = async () => (await readdir(folder)).toSorted();
const sizeOf = async (name: string) => (await stat(join(folder, name)).catch(() => undefined))?.size ?? 0;

/** Every line but one without its end is a span. Answers how many there are. */
async function countSpans(name: string): Promise<number> {
  const text = await readFile(join(folder, name), 'utf8');
  const { spans, damaged } = parseSpool(text, name);
  expect(damaged).toEqual([]);
  expect(spans).toHaveLength(text.split('\n').length - 1);
  return spans.length;
}

/** Lets a process write until it has come so far, and kills it in the middle of it. */
async function writeAndKill(exporter: string, isFarEnough: () => Promise<boolean>): Promise<void> {
  const child = startProcess('endless-writer', [exporter]);
  const exit = once(child, 'exit');
  try {
    await vi.waitUntil(
      () => {
        if (child.exitCode !== null) throw new Error('The writer ended by itself.');
        return isFarEnough();
      },
      { timeout: 30_000, interval: 1 },
    );
  } finally {
    child.kill('SIGKILL');
    await exit;
  }
}

it('41: a process that is killed while it writes leaves whole lines, and the next one goes on behind them', async () => {
  const exporter = `disk(${join(folder, 'spans.ndjson')})`;
  let before = 0;
  for (let kill = 0; kill < 4; kill += 1) {
    const size = await sizeOf('spans.ndjson');
    await writeAndKill(exporter, async () => (await sizeOf('spans.ndjson')) > size + 50_000 * (kill + 1));
    const now = await countSpans('spans.ndjson');
    expect(now).toBeGreaterThan(before);
    before = now;
  }
});

it('41: a line that a crash tore is skipped by readers, and cut off by the next writer', async () => {
  const path = join(folder, 'spans.ndjson');
  const write = async (name: string) => {
    const tracing = createTracingHarness({ exporter: `disk(${path})` });
    const tc = TraceContext.create();
    tc.openNestedSpan(name);
    tc.closeCurrentSpan();
    await tracing.close();
    return tc.getTraceId();
  };
  const first = await write('before the crash');
  const [line = ''] = (await readFile(path, 'utf8')).split('\n');
  await appendFile(path, line.slice(0, line.length / 2));
  expect((await readSpool(folder, first)).spans.map(({ name }) => name)).toEqual(['before the crash']);
  expect((await readSpool(folder, first)).damaged).toEqual([]);

  await write('after it');
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  expect(lines.map((text) => (JSON.parse(text) as { name: string }).name)).toEqual([
    'before the crash',
    'after it',
  ]);
});

it('41: full files are put aside, the oldest goes, and a kill between tears nothing', async () => {
  const exporter = `disk(${join(folder, 'spans.ndjson')}, 200000, 3)`;
  const fileOf = async (name: string) => (await stat(join(folder, name)).catch(() => undefined))?.ino;
  for (const count of [2, 3]) await writeAndKill(exporter, async () => (await filesIn()).length === count);
  const middle = await fileOf('spans.1.ndjson');
  await writeAndKill(exporter, async () => (await fileOf('spans.1.ndjson')) !== middle);

  const files = await filesIn();
  expect(files.length).toBeGreaterThan(1);
  for (const name of files) {
    expect(name).toMatch(/^spans(?:\.[12])?\.ndjson$/);
    expect(await sizeOf(name)).toBeLessThanOrEqual(200_000);
    await countSpans(name);
  }
});
