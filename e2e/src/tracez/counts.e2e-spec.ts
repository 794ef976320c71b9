import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { startDeployment } from '../support/deployment.ts';
import type { AppName, Deployment } from '../support/deployment.ts';
import { readTraces } from '../support/spool.ts';
import { postTask } from '../support/tasks.ts';
import { expectConservation, expectSameAsExported, readNames, readTrace, rowOf } from '../support/tracez.ts';

const APPS = ['client', 'executor', 'exporter'] as const;
/** Span names of a task, with how often each comes. */
const NAMES = {
  client: ['Main Client Span', 'POST /tasks', 'process notifications', 'send tasks'],
  executor: ['Executor span', 'count words', 'process tasks', 'send results'],
  exporter: ['Exporter span', 'process results', 'save task', 'send notifications'],
} as const satisfies Record<AppName, readonly string[]>;

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment(inject('amqpUrl'));
}, 120_000);
afterAll(() => deployment?.[Symbol.asyncDispose]());

const exportedBy = async (app: AppName) =>
  [...(await readTraces(deployment.spool)).values()]
    .flat()
    .filter(({ localEndpoint }) => localEndpoint?.serviceName === app);

/** The pages of all services agree with the files that the services export to, once both are complete. */
async function untilPagesAgree(tasks: number): Promise<void> {
  await vi.waitFor(
    async () => {
      for (const app of APPS) {
        const page = await readNames(deployment.url(app));
        expectConservation(page);
        expect(page.rows.map(({ name }) => name)).toEqual(NAMES[app].toSorted());
        expectSameAsExported(page, await exportedBy(app));
        for (const { name, latency } of page.rows) {
          const ended = latency.reduce((sum, count) => sum + count, 0);
          expect({ app, name, ended }).toEqual({
            app,
            name,
            ended: tasks * (name === 'count words' ? 2 : 1),
          });
        }
      }
    },
    { timeout: 30_000, interval: 100 },
  );
}

describe('the pages of the three services', () => {
  it('are empty before the first task, and say so', async () => {
    for (const app of APPS) {
      const page = await readNames(deployment.url(app));
      expect([page.rows, page.totals.started]).toEqual([[], 0]);
      expect(page).toHaveProperty('empty');
    }
  });

  it('show of a task what its exported spans say', async () => {
    const { code, traceId = '' } = await postTask(deployment.url('client'), 'to be or not to be');
    expect(code).toBe(201);
    await untilPagesAgree(1);
    const lines = async (app: AppName) =>
      (await readTrace(deployment.url(app), traceId)).map(({ depth, name }) => '  '.repeat(depth) + name);
    expect(await lines('client')).toEqual([
      'POST /tasks',
      '  Main Client Span',
      '    send tasks',
      'process notifications',
    ]);
    expect(new Set(await lines('executor'))).toEqual(
      new Set(['process tasks', '  Executor span', '    count words', '    send results']),
    );
    expect(await lines('exporter')).toEqual([
      'process results',
      '  Exporter span',
      '    save task',
      '  send notifications',
    ]);
  });

  it('show how each queue was written and read', async () => {
    const messaging = async (app: AppName, name: string) =>
      rowOf(await readNames(deployment.url(app)), name).messaging;
    for (const [app, name, spanKind, destination] of [
      ['client', 'send tasks', 'PRODUCER', 'tasks'],
      ['executor', 'process tasks', 'CONSUMER', 'tasks'],
      ['executor', 'send results', 'PRODUCER', 'results'],
      ['exporter', 'process results', 'CONSUMER', 'results'],
      ['exporter', 'send notifications', 'PRODUCER', 'notifications'],
      ['client', 'process notifications', 'CONSUMER', 'notifications'],
    ] as const) {
      const columns = await messaging(app, name);
      expect(columns).toMatchObject({ spanKind, destination, redelivered: 0, maxDeliveryCount: 0 });
      const isConsumer = spanKind === 'CONSUMER';
      expect([name, columns?.lag?.count]).toEqual([name, isConsumer ? 1 : undefined]);
      expect(columns?.lag?.maxMs ?? 0).toBeLessThan(30_000);
    }
    expect(await messaging('exporter', 'save task')).toBeUndefined();
  });

  it('count each of 50 tasks that run at once', async () => {
    const tasks = Array.from({ length: 50 }, (_, index) =>
      postTask(deployment.url('client'), 'word '.repeat(index + 1)),
    );
    for (const task of await Promise.all(tasks)) expect(task).toMatchObject({ code: 201, status: 'done' });
    await untilPagesAgree(51);
  });

  it('are in no trace and no row themselves', async () => {
    const paths = [
      '/zpages',
      '/zpages/',
      '/zpages/tracez',
      '/zpages/tracez?type=running',
      '/zpages/tracez?name=POST%20%2Ftasks',
      '/zpages/tracez?name=no-such-name',
      '/zpages/tracez?%zz',
      '/zpages/tracez/api/aggregations',
      '/zpages/style.css',
      '/zpages/no-such-page',
    ];
    for (const app of APPS) {
      for (const path of paths) await (await fetch(`${deployment.url(app)}${path}`)).arrayBuffer();
    }
    // What is exported after them: their spans would stand before it.
    expect(await postTask(deployment.url('client'), 'one more')).toMatchObject({ code: 201 });
    await untilPagesAgree(52);
    const spans = [...(await readTraces(deployment.spool)).values()].flat();
    expect(spans.filter((span) => JSON.stringify(span).includes('zpages'))).toEqual([]);
  });
});

describe('the pages of services that export no trace', () => {
  it('show every span all the same, those of worker threads too', async () => {
    await using unsampled = await startDeployment(inject('amqpUrl'), {
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0',
    });
    expect(await postTask(unsampled.url('client'), 'to be or not to be')).toMatchObject({ code: 201 });
    await vi.waitFor(
      async () => {
        for (const app of APPS) {
          const page = await readNames(unsampled.url(app));
          expectConservation(page);
          expect(page.rows.map(({ name }) => name)).toEqual(NAMES[app].toSorted());
          const { running, latency } = page.totals;
          expect([running, latency]).toEqual([0, app === 'executor' ? 5 : 4]);
          expect(page.self.unsampledSeen).toBe(latency);
        }
      },
      { timeout: 20_000, interval: 50 },
    );
    // What is to be written is written before a service ends.
    for (const app of ['client', 'executor', 'exporter'] as const) await unsampled.end(app, 'SIGTERM');
    expect([...(await readTraces(unsampled.spool))]).toEqual([]);
  });
});
