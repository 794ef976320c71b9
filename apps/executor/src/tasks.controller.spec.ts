import 'reflect-metadata';
import { ContractError, type ResultMessage } from '@distrace/messaging';
import { RmqContext, type ClientProxy } from '@nestjs/microservices';
import { TraceContext } from '@distrace/tracing/core';
import { createTracingHarness, type TracingHarness } from '@distrace/tracing/testing';
import { EMPTY, NEVER } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { WordCounter } from './counting/word-counter.js';
import { TasksController } from './tasks.controller.js';

const summary = { words: 2, uniqueWords: 2, longestWord: 'to', chunks: 2 };
const task = {
  id: '6f1c1f0e-6d2e-4a53-9c1c-1f2f6a1b2c3d',
  kind: 'count-words',
  text: 'to be',
  submittedAt: '2026-11-21T10:00:00.000Z',
};
const context = () => new RmqContext([{}, {}, 'tasks']);

function controller({
  emit = EMPTY,
  count = async () => summary,
}: {
  emit?: typeof EMPTY;
  count?: () => Promise<typeof summary>;
}) {
  const emitted = vi.fn<(pattern: string, result: ResultMessage) => typeof EMPTY>(() => emit);
  const results = { emit: emitted } as unknown as Pick<ClientProxy, 'emit'>;
  return { emitted, controller: new TasksController(results, { count } as unknown as WordCounter) };
}

let tracing: TracingHarness | undefined;
afterEach(async () => {
  await tracing?.close();
  tracing = undefined;
});

describe('TasksController', () => {
  it('emits the result of a task', async () => {
    const { controller: tasks, emitted } = controller({});
    await tasks.execute(task, context());
    expect(emitted).toHaveBeenCalledExactlyOnceWith('results', { id: task.id, ...summary });
  });

  it.each([
    [13, { receivedBytes: 13 }],
    ['13', {}],
    [1.5, {}],
    [-1, {}],
    [true, {}],
  ])('takes the carried annotation %j over only when it is a number of bytes', async (value, expected) => {
    tracing = createTracingHarness();
    const { controller: tasks, emitted } = controller({});
    const trace = TraceContext.create();
    trace.openNestedSpan('sender').setBinaryAnnotation('task.bytes', value, { carried: true });
    await trace.run(() => tasks.execute(task, context()));
    trace.closeCurrentSpan();
    expect(emitted).toHaveBeenCalledExactlyOnceWith('results', { id: task.id, ...summary, ...expected });
  });

  it('does not wait for the broker', async () => {
    const { controller: tasks } = controller({ emit: NEVER });
    await expect(tasks.execute(task, context())).resolves.toBeUndefined();
  });

  it('refuses what is no task', async () => {
    const { controller: tasks, emitted } = controller({});
    await expect(tasks.execute({ ...task, text: undefined }, context())).rejects.toThrow(ContractError);
    expect(emitted).not.toHaveBeenCalled();
  });

  it('passes a failure on, so that the task is tried again', async () => {
    const { controller: tasks } = controller({ count: () => Promise.reject(new Error('worker gone')) });
    await expect(tasks.execute(task, context())).rejects.toThrow('worker gone');
  });
});
