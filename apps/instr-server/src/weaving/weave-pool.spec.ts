import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cleanWith, tempFolder, writeFiles } from '../testing.spec.helper.js';
import { WeavePool, type WeavePoolOptions } from './weave-pool.js';
import type { WeaveTask } from './weave-task.js';

cleanWith(onTestFinished);

/** A worker that does what a task's text says. */
const WORKER = `export default async ({ text, started }) => {
  Atomics.store(started, 0, 1);
  Atomics.notify(started, 0);
  if (text === 'for ever') for (;;);
  if (text === 'much') { const all = []; for (;;) all.push(new Array(1e5).fill({})); }
  if (text === 'throw') throw new Error('no');
  return { status: 'woven', edits: text };
};`;

function open(options: Partial<WeavePoolOptions> = {}): WeavePool {
  const folder = tempFolder();
  writeFiles(folder, { 'worker.mjs': WORKER });
  const workerFile = join(folder, 'worker.mjs');
  const pool = new WeavePool({
    workers: 1,
    timeoutMs: 20_000,
    memoryMb: 64,
    maxQueued: 10,
    workerFile,
    ...options,
  });
  onTestFinished(() => pool.close());
  return pool;
}

function task(text: string): Omit<WeaveTask, 'started'> {
  return { text, source: '', path: 'a.js', format: 'cjs', rules: [] };
}

describe('WeavePool', () => {
  it('I12: ends a thread that takes too long, and goes on with the next file', async () => {
    const pool = open({ timeoutMs: 200 });
    const outcomes = await Promise.all([pool.weave(task('for ever')), pool.weave(task('fine'))]);
    expect(outcomes).toEqual([
      { status: 'refused', kind: 'limit', reason: 'weaving takes at most 200 ms, this took longer' },
      { status: 'woven', edits: 'fine' },
    ]);
    expect(pool.killed).toBe(1);
  });

  it('I12: ends a thread that takes too much memory', async () => {
    const pool = open();
    expect(await pool.weave(task('much'))).toEqual({
      status: 'refused',
      kind: 'limit',
      reason: 'weaving takes at most 64 MiB, this took more',
    });
    expect(await pool.weave(task('fine'))).toMatchObject({ status: 'woven' });
  });

  it('does not count the time that a file waits for a thread', async () => {
    const pool = open({ timeoutMs: 1500 });
    const waiting = Array.from({ length: 3 }, () => pool.weave(task('for ever')));
    const last = await pool.weave(task('fine'));
    expect(last).toMatchObject({ status: 'woven' });
    expect(await Promise.all(waiting)).toHaveLength(3);
  });

  it('starts anew when threads could not start, and blames no file for it', async () => {
    const folder = tempFolder();
    const workerFile = join(folder, 'worker.mjs');
    writeFiles(folder, { 'worker.mjs': 'throw new Error("half written");' });
    const pool = open({ workerFile });
    await expect(pool.weave(task('fine'))).rejects.toMatchObject({ status: 503, code: 'DT_ERR_SERVER_BUSY' });
    writeFiles(folder, { 'worker.mjs': WORKER });
    expect(await pool.weave(task('fine'))).toEqual({ status: 'woven', edits: 'fine' });
  });

  it('refuses what the weaver throws at', async () => {
    expect(await open().weave(task('throw'))).toMatchObject({
      status: 'refused',
      reason: 'the weaver failed: no',
    });
  });

  it('says that it is busy when too many wait', async () => {
    const pool = open({ maxQueued: 1, timeoutMs: 500 });
    const [a, b] = [pool.weave(task('for ever')), pool.weave(task('fine'))];
    expect(pool.isFull).toBe(true);
    await expect(pool.weave(task('fine'))).rejects.toMatchObject({ status: 503, code: 'DT_ERR_SERVER_BUSY' });
    await Promise.all([a, b]);
    expect([pool.isFull, pool.queued]).toEqual([false, 0]);
    expect(await pool.weave(task('fine'))).toMatchObject({ status: 'woven' });
  });
});
