import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FAILURES, QUEUES, deadLetterName, queueName } from '@distrace/messaging';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startDeployment } from '../support/deployment.ts';
import type { Deployment } from '../support/deployment.ts';
import { startOwnBroker } from '../support/own-broker.ts';
import type { OwnBroker } from '../support/own-broker.ts';
import { readFiles, readRows } from '../support/results.ts';
import { named, readTraces } from '../support/spool.ts';
import { postTask } from '../support/tasks.ts';
import { startProxy } from '../support/tcp-proxy.ts';
import type { TcpProxy } from '../support/tcp-proxy.ts';

let broker: OwnBroker;
let proxy: TcpProxy;
let deployment: Deployment;
let folder: string;
let client: string;

beforeAll(async () => {
  broker = await startOwnBroker();
  proxy = await startProxy(broker.node.port);
  const url = new URL(broker.node.url);
  url.port = String(proxy.port);
  deployment = await startDeployment(
    broker.node.url,
    { TASK_PREFETCH: '50' },
    { amqpUrlOf: { executor: url.href } },
  );
  folder = deployment.dataDir('exporter');
  client = deployment.url('client');
});
afterAll(async () => {
  await deployment?.[Symbol.asyncDispose]();
  await proxy?.[Symbol.asyncDispose]();
  await broker?.[Symbol.asyncDispose]();
});

/** Messages that wait in a queue; those delivered and not acknowledged are not among them. */
async function waiting(queue: string): Promise<number> {
  return (await broker.channel.checkQueue(queue)).messageCount;
}

/** Nothing of the deployment waits anywhere, and nothing died. */
async function expectNothingWaits(): Promise<void> {
  const { prefix } = deployment;
  const names = [...QUEUES, FAILURES] as const;
  const queues = [...names.map((queue) => queueName(prefix, queue)), deadLetterName(prefix)];
  expect(await Promise.all(queues.map((queue) => waiting(queue)))).toEqual(queues.map(() => 0));
}

/** The exporter hangs in its INSERT: another connection holds the lock of the database. */
async function lockDatabase(): Promise<() => Promise<void>> {
  const other = new DatabaseSync(join(folder, 'results.db'), { timeout: 5000 });
  other.exec('BEGIN IMMEDIATE');
  return async () => {
    other.exec('ROLLBACK');
    other.close();
  };
}

/** The exporter saves the row and never the file: a file stands where the folder should be. */
async function blockFiles(): Promise<() => Promise<void>> {
  const results = join(folder, 'results');
  await rename(results, `${results}.aside`).catch(() => undefined);
  await writeFile(results, '');
  return async () => {
    await rm(results);
    await rename(`${results}.aside`, results).catch(() => undefined);
  };
}

async function hangs(url: string): Promise<boolean> {
  return fetch(`${url}/health`, { signal: AbortSignal.timeout(500) }).then(
    () => false,
    () => true,
  );
}

const rowsOf = (words: number) => readRows(folder).filter((row) => row.words === words);

describe('an exporter that is killed while it saves', () => {
  it.each([
    {
      where: 'before the row is there',
      words: 101,
      hold: lockDatabase,
      isHeld: () => hangs(deployment.url('exporter')),
      rowsThen: 0,
    },
    {
      where: 'between row and file',
      words: 102,
      hold: blockFiles,
      isHeld: () => rowsOf(102).length === 1,
      rowsThen: 1,
    },
  ])('saves its task once after the restart: $where', async ({ words, hold, isHeld, rowsThen }) => {
    const release = await hold();
    const answer = postTask(client, 'word '.repeat(words));
    await vi.waitUntil(isHeld, { timeout: 20_000, interval: 20 });
    await deployment.end('exporter', 'SIGKILL');
    await release();
    const before = rowsOf(words);
    expect(before).toHaveLength(rowsThen);

    await deployment.start('exporter');
    const task = await answer;
    expect(task).toMatchObject({ code: 201, status: 'done', result: { words } });
    expect(rowsOf(words)).toMatchObject([{ id: task.id, ...before[0] }]);
    expect((await readFiles(folder)).get(task.id)).toBe(words);
    await vi.waitFor(
      async () => {
        const spans = (await readTraces(deployment.spool)).get(task.traceId ?? '') ?? [];
        expect(named(spans, 'process notifications')).toHaveLength(1);
        const [saving] = named(spans, 'process results').toReversed();
        expect(saving?.tags).toMatchObject({ 'distrace.rabbitmq.redelivered': 'true' });
      },
      { timeout: 20_000, interval: 50 },
    );
    await expectNothingWaits();
  });
});

describe('an executor that is killed with 50 tasks in hand', () => {
  it('has them all done once after its restart, though it had sent the results of some', async () => {
    await deployment.end('executor', 'SIGTERM');
    await deployment.start('executor');
    // What it acknowledges does not reach the broker, what it sends on does: it dies at the worst of times. So far
    // it has the connection that it consumes on; the one that it sends on comes with the first result.
    proxy.muteClients();
    const answers = Array.from({ length: 50 }, (_, index) => postTask(client, 'word '.repeat(index + 1)));
    const tasks = queueName(deployment.prefix, 'tasks');
    const saved = () => readRows(folder).filter(({ words }) => words <= 50);
    await vi.waitFor(
      async () => {
        expect(saved().length).toBeGreaterThanOrEqual(25);
        expect(await waiting(tasks)).toBe(0);
      },
      { timeout: 20_000, interval: 5 },
    );
    await deployment.end('executor', 'SIGKILL');
    const before = saved();
    // All 50 were in its hand: the broker has them again.
    await vi.waitFor(async () => expect(await waiting(tasks)).toBe(50), { timeout: 20_000, interval: 20 });

    await deployment.start('executor');
    const done = await Promise.all(answers);
    for (const [index, task] of done.entries()) {
      expect(task).toMatchObject({ code: 201, result: { words: index + 1 } });
    }
    await vi.waitFor(
      async () => {
        await expectNothingWaits();
        const traces = await readTraces(deployment.spool);
        for (const { traceId } of done) {
          const [again] = named(traces.get(traceId ?? '') ?? [], 'process tasks').toReversed();
          expect(again?.tags).toMatchObject({ 'distrace.rabbitmq.redelivered': 'true' });
          expect(again?.duration).toBeDefined();
        }
      },
      { timeout: 20_000, interval: 100 },
    );
    const rows = saved();
    const expected = new Map(done.map(({ id }, index) => [id, index + 1]));
    expect(new Map(rows.map(({ id, words }) => [id, words]))).toEqual(expected);
    expect(rows).toHaveLength(50);
    expect(rows).toEqual(expect.arrayContaining([...before]));
    const files = await readFiles(folder);
    for (const [id, words] of expected) expect(files.get(id)).toBe(words);
  });
});
