import { queueName } from '@distrace/messaging';
import { checkTrace } from '@distrace/start';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startDeployment } from '../support/deployment.ts';
import type { Deployment } from '../support/deployment.ts';
import { startOwnBroker } from '../support/own-broker.ts';
import type { OwnBroker } from '../support/own-broker.ts';
import { named, readTraces } from '../support/spool.ts';
import { findTask, postTask, untilTask } from '../support/tasks.ts';

let broker: OwnBroker;
let deployment: Deployment;
let client: string;

beforeAll(async () => {
  broker = await startOwnBroker();
  deployment = await startDeployment(broker.node.url, { TASK_WAIT_MS: '1000' });
  client = deployment.url('client');
});

afterEach(() => {
  deployment.process('executor').kill('SIGCONT');
});

afterAll(async () => {
  await deployment?.[Symbol.asyncDispose]();
  await broker?.[Symbol.asyncDispose]();
});

/** 20 long tasks at once take seconds, in which the machine's clock may be set: it was, by 5 ms. */
const toleranceMicros = 100_000;

const waiting = async (queue: 'tasks' | 'results' | 'notifications') =>
  (await broker.channel.checkQueue(queueName(deployment.prefix, queue))).messageCount;

describe('a client that is restarted while tasks run', () => {
  // A killed client has not answered, and who asked has no id; one that is told to end answers 202 before.
  it('tells what became of them, before, while and after it was away', async () => {
    const done = await postTask(client, 'done before');
    await untilTask(client, done.id, 'done');

    deployment.process('executor').kill('SIGSTOP');
    const answers = ['done meanwhile', 'one two three'].map((text) => postTask(client, text));
    const [meanwhile, later] = await Promise.all(answers);
    expect([meanwhile?.code, later?.code]).toEqual([202, 202]);

    expect(await deployment.end('client', 'SIGTERM')).toBe(0);
    deployment.process('executor').kill('SIGCONT');
    await vi.waitFor(async () => expect(await waiting('notifications')).toBe(2), {
      timeout: 20_000,
      interval: 20,
    });
    await deployment.start('client');

    expect(await findTask(client, done.id)).toMatchObject({ status: 'done', result: { words: 2 } });
    const { id, traceId } = meanwhile!;
    expect(await untilTask(client, id, 'done')).toMatchObject({ traceId, result: { words: 2 } });
    expect(await untilTask(client, later!.id, 'done')).toMatchObject({ result: { words: 3 } });
  });

  it('tells it also when it was killed', async () => {
    deployment.process('executor').kill('SIGSTOP');
    const { id, code, traceId } = await postTask(client, 'one two three four');
    expect(code).toBe(202);
    await deployment.end('client', 'SIGKILL');
    await deployment.start('client');
    expect(await findTask(client, id)).toMatchObject({ status: 'running', traceId });
    deployment.process('executor').kill('SIGCONT');
    expect(await untilTask(client, id, 'done')).toMatchObject({ traceId, result: { words: 4 } });
  });
});

describe('a service that is told to end while it works', () => {
  it.each([
    { app: 'executor', queue: 'tasks' },
    { app: 'exporter', queue: 'results' },
  ] as const)(
    'the $app finishes what it has in hand, sends its spans, and leaves the rest in the queue',
    async ({ app }) => {
      const text = 'to be or not to be '.repeat(10_000);
      const answers = Array.from({ length: 20 }, () => postTask(client, text));
      await Promise.race(answers.map(async (answer) => untilTask(client, (await answer).id, 'done')));
      expect(await deployment.end(app, 'SIGTERM')).toBe(0);
      await deployment.start(app);
      for (const { id, traceId } of await Promise.all(answers)) {
        const { result } = await untilTask(client, id, 'done');
        await vi.waitFor(
          async () => {
            const spans = (await readTraces(deployment.spool)).get(traceId ?? '') ?? [];
            // Nothing twice: what it had begun it has finished and acknowledged.
            expect(named(spans, 'process tasks')).toHaveLength(1);
            const chunks = result?.chunks ?? 0;
            expect(checkTrace(spans, { chunks, answered: false, toleranceMicros })).toEqual({
              complete: true,
            });
          },
          { timeout: 20_000, interval: 100 },
        );
      }
    },
  );
});
