import { describe, expect, it } from 'vitest';
import type { TaskRecord } from './task-record.js';
import { TaskStore } from './task-store.js';

const now = () => new Date('2026-11-21T10:00:00Z');
const running = (id: string): TaskRecord => ({ id, status: 'running', kind: 'count-words', traceId: 't' });
const done = (id: string) =>
  ({ id, status: 'done', result: { id, words: 1, uniqueWords: 1, longestWord: 'a', chunks: 2 } }) as const;

describe('TaskStore', () => {
  it('drops the oldest task that does not run when it is full', () => {
    const store = new TaskStore({ maxTasks: 2, now });
    store.add(running('a'));
    store.add(running('b'));
    store.settle(done('b'));
    expect(store.add(running('c'))).toBe(true);
    expect(store.list(10).map(({ id }) => id)).toEqual(['c', 'a']);
  });

  it('never drops a running task', () => {
    const store = new TaskStore({ maxTasks: 1, now });
    store.add(running('a'));
    expect(store.add(running('b'))).toBe(false);
    expect(store.get('a')).toBeDefined();
  });

  it('keeps what it knew of a task when the result comes', () => {
    const store = new TaskStore({ now });
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
    const store = new TaskStore({ now });
    store.add(running('a'));
    store.markUnsent('a', 'broker away');
    store.settle(done('a'));
    expect(store.get('a')).toMatchObject({ status: 'done', error: undefined });
  });

  it('knows the trace of a task that another run of the client sent', () => {
    const store = new TaskStore({ now });
    store.settle(done('a'), { traceId: 't' });
    expect(store.get('a')).toMatchObject({ status: 'done', traceId: 't' });
  });

  it('keeps a task done whatever comes later', () => {
    const store = new TaskStore({ now });
    store.add(running('a'));
    store.settle(done('a'));
    store.settle({ id: 'a', status: 'failed', error: 'x' });
    store.markUnsent('a', 'y');
    expect(store.get('a')?.status).toBe('done');
  });
});
