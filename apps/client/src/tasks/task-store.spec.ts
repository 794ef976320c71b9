import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TaskRecord } from './task-record.js';
import { TaskStore, type TaskStoreOptions } from './task-store.js';
import { TasksLockedError } from './tasks-locked-error.js';

const now = () => new Date('2026-11-21T10:00:00Z');
const running = (id: string): TaskRecord => ({ id, status: 'running', kind: 'count-words', traceId: 't' });
const done = (id: string) =>
  ({ id, status: 'done', result: { id, words: 1, uniqueWords: 1, longestWord: 'a', chunks: 2 } }) as const;

let folder: string;
let store: TaskStore;

function open(options: TaskStoreOptions = {}): void {
  store = new TaskStore({ folder: join(folder, 'data'), now, ...options });
}

const ids = () => store.list(1000).map(({ id }) => id);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'client-'));
  open();
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

describe('TaskStore', () => {
  it('lists the latest first, and keeps the place of a task that changes', () => {
    for (const id of ['a', 'b', 'c']) store.add(running(id));
    store.settle(done('b'));
    expect(ids()).toEqual(['c', 'b', 'a']);
    expect(store.list(2)).toHaveLength(2);
  });

  it('drops the oldest tasks that do not run when there are too many', () => {
    store.close();
    open({ maxTasks: 2 });
    for (const id of ['a', 'b', 'c']) store.add(running(id));
    store.settle(done('b'));
    store.settle(done('c'));
    store.add(running('d'));
    expect(ids()).toEqual(['d', 'a']);
  });

  it('drops the oldest when all run: those of a run that lost them never end', () => {
    store.close();
    open({ maxTasks: 2 });
    for (const id of ['a', 'b', 'c', 'd']) store.add(running(id));
    expect(ids()).toEqual(['d', 'c']);
  });

  it('keeps what it knew of a task when the result comes', () => {
    store.add(running('a'));
    store.settle(done('a'));
    expect(store.get('a')).toMatchObject({
      status: 'done',
      traceId: 't',
      finishedAt: '2026-11-21T10:00:00.000Z',
      result: { words: 1 },
    });
  });

  it('takes a result for a task that was thought unsent or failed, and clears the error', () => {
    store.add(running('a'));
    store.markUnsent('a', 'broker away');
    expect(store.settle(done('a'))).toMatchObject({ status: 'done', error: undefined });
    expect(store.get('a')).not.toHaveProperty('error');
  });

  it('knows the trace of a task that it has no record of', () => {
    store.settle(done('a'), { traceId: 't' });
    expect(store.get('a')).toMatchObject({ status: 'done', traceId: 't' });
  });

  it('keeps a task done whatever comes later', () => {
    store.add(running('a'));
    store.settle(done('a'));
    store.settle({ id: 'a', status: 'failed', error: 'x' });
    store.markUnsent('a', 'y');
    expect(store.get('a')?.status).toBe('done');
  });

  it('survives a restart, with its limit', () => {
    store.add(running('a'));
    store.add(running('b'));
    store.settle(done('a'));
    store.close();
    open();
    expect(store.get('a')).toMatchObject({ status: 'done', result: { words: 1 } });
    expect(ids()).toEqual(['b', 'a']);
    store.close();
    open({ maxTasks: 1 });
    store.add(running('c'));
    expect(ids()).toEqual(['c']);
  });

  it('says so when another process holds a lock, and can be read all the same', () => {
    store.add(running('a'));
    const locked = TasksLockedError;
    const other = new DatabaseSync(join(folder, 'data', 'tasks.db'));
    other.exec('BEGIN IMMEDIATE');
    expect(() => store.add(running('b'))).toThrow(locked);
    expect(() => store.settle(done('a'))).toThrow(locked);
    expect(ids()).toEqual(['a']);
    other.exec('ROLLBACK');
    other.close();
    store.add(running('b'));
    expect(ids()).toEqual(['b', 'a']);
  });

  it('refuses a folder that cannot be', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => new TaskStore({ folder: join(folder, 'file') })).toThrow('DISTRACE_DATA_DIR');
  });

  it('keeps tasks in memory without a folder', () => {
    const other = new TaskStore({ now });
    other.add(running('a'));
    expect(other.get('a')).toEqual(running('a'));
    other.close();
  });
});
