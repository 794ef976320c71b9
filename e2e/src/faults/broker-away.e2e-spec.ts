import { setTimeout as delay } from 'node:timers/promises';
import { submitTask } from '@distrace/start';
import type { DoneTask } from '@distrace/start';
import { buildTraceTree } from '@distrace/zipkin';
import type { Span } from '@distrace/zipkin';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startDeployment } from '../support/deployment.ts';
import type { Deployment } from '../support/deployment.ts';
import { startOwnBroker } from '../support/own-broker.ts';
import type { OwnBroker } from '../support/own-broker.ts';
import { readFiles, readRows } from '../support/results.ts';
import { named, readTraces } from '../support/spool.ts';

const TASKS = 200;
const AT_ONCE = 20;
const AWAY_MS = 5000;

let broker: OwnBroker;
let deployment: Deployment;

beforeAll(async () => {
  broker = await startOwnBroker();
  // A busy machine may take longer to start a broker than the client waits for one by default.
  const patience = { TASK_WAIT_MS: '90000', TASK_SEND_TIMEOUT_MS: '90000' };
  deployment = await startDeployment(broker.node.url, patience);
});

afterAll(async () => {
  await deployment?.[Symbol.asyncDispose]();
  await broker?.[Symbol.asyncDispose]();
});

/** What a task must have left, once or, where a message came twice, more often. */
const NAMES = [
  'POST /tasks',
  'Main Client Span',
  'send tasks',
  'process tasks',
  'Executor span',
  'count words',
  'send results',
  'process results',
  'Exporter span',
  'save task',
  'send notifications',
  'process notifications',
];

function expectOwnTrace(spans: readonly Span[], task: DoneTask): void {
  for (const name of NAMES) expect(named(spans, name), `${name} of ${task.id}`).not.toHaveLength(0);
  for (const name of NAMES.slice(0, 2)) expect(named(spans, name)).toHaveLength(1);
  // Whoever works on a task says which: all of them in this trace speak of this one.
  const ids = spans.map(({ tags }) => tags?.['task.id']).filter((id) => id !== undefined);
  expect(new Set(ids)).toEqual(new Set([task.id]));
  const tree = buildTraceTree(spans);
  expect(tree.missingParentIds).toEqual([]);
  expect(tree.roots).toHaveLength(1);
}

it('a broker that stops for 5 s in the middle of 200 tasks: all are done, each once, in its own trace', async () => {
  const client = deployment.url('client');
  const done = new Map<number, DoneTask>();
  const signal = AbortSignal.timeout(110_000);
  const texts = Array.from({ length: TASKS }, (_, index) => ({ index, text: 'word '.repeat(index + 1) }));
  const submitters = Array.from({ length: AT_ONCE }, async () => {
    for (let next = texts.shift(); next !== undefined; next = texts.shift()) {
      done.set(next.index, await submitTask(client, next.text, { signal, deadlineMs: 100_000 }));
    }
  });
  const all = Promise.all(submitters);
  await vi.waitUntil(() => done.size >= TASKS / 4, { timeout: 30_000, interval: 5 });
  await broker.node.halt();
  const doneThen = done.size;
  // The one thing that time itself is part of: how long the broker is away.
  await delay(AWAY_MS);
  expect(done.size - doneThen).toBeLessThanOrEqual(AT_ONCE);
  await broker.node.restart();
  await all;

  for (const [index, task] of done) expect(task.result.words).toBe(index + 1);
  const folder = deployment.dataDir('exporter');
  const expected = new Map([...done.values()].map(({ id, result }) => [id, result.words]));
  expect(expected.size).toBe(TASKS);
  const rows = readRows(folder);
  expect(rows).toHaveLength(TASKS);
  expect(new Map(rows.map(({ id, words }) => [id, words]))).toEqual(expected);
  expect(await readFiles(folder)).toEqual(expected);

  expect(new Set([...done.values()].map(({ traceId }) => traceId)).size).toBe(TASKS);
  await vi.waitFor(
    async () => {
      const traces = await readTraces(deployment.spool);
      for (const task of done.values()) expectOwnTrace(traces.get(task.traceId ?? '') ?? [], task);
    },
    { timeout: 20_000, interval: 200 },
  );
}, 150_000);
