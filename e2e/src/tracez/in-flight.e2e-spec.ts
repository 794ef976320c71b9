import type { RunningSpan } from '@distrace/zpages/core';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { startDeployment } from '../support/deployment.ts';
import type { AppName, Deployment } from '../support/deployment.ts';
import { postTask } from '../support/tasks.ts';
import { startProxy } from '../support/tcp-proxy.ts';
import type { TcpProxy } from '../support/tcp-proxy.ts';
import { attributeOf, expectConservation, readNames, readRunning, rowOf } from '../support/tracez.ts';

let deployment: Deployment;
let proxy: TcpProxy;
beforeAll(async () => {
  const url = new URL(inject('amqpUrl'));
  proxy = await startProxy(Number(url.port));
  url.port = String(proxy.port);
  deployment = await startDeployment(inject('amqpUrl'), {}, { amqpUrlOf: { exporter: url.href } });
}, 120_000);
afterAll(async () => {
  await deployment?.[Symbol.asyncDispose]();
  await proxy?.[Symbol.asyncDispose]();
});

/** Asks what runs in a service until it is what is waited for. */
async function untilRunning(app: AppName, isSeen: (spans: readonly RunningSpan[]) => boolean) {
  return vi.waitFor(
    async () => {
      const { spans } = await readRunning(deployment.url(app));
      if (!isSeen(spans))
        throw new Error(`In the ${app} run ${JSON.stringify(spans.map(({ name }) => name))}.`);
      return spans;
    },
    { timeout: 30_000, interval: 5 },
  );
}

async function untilNothingRuns(): Promise<void> {
  for (const app of ['client', 'executor', 'exporter'] as const) {
    await untilRunning(app, (spans) => spans.length === 0);
    const page = await readNames(deployment.url(app));
    expectConservation(page);
    expect(page.totals.running).toBe(0);
  }
}

describe('a task in flight', () => {
  it('is seen on the client’s page, older each time, until the exporter goes on', async () => {
    const exporter = deployment.process('exporter');
    exporter.kill('SIGSTOP');
    const answer = postTask(deployment.url('client'), 'to be or not to be');
    const names = (spans: readonly RunningSpan[]) => spans.map(({ name }) => name);
    const expected = ['POST /tasks', 'Main Client Span'];
    const seen = await untilRunning('client', (spans) => names(spans).join() === expected.join());
    const page = await readNames(deployment.url('client'));
    expect(expected.map((name) => rowOf(page, name).running)).toEqual([1, 1]);
    expectConservation(page);

    const [request, main] = seen;
    expect(request).toMatchObject({ kind: 'SERVER', running: true });
    expect(main).toMatchObject({ traceId: request?.traceId, parentSpanId: request?.spanId });
    expect(main?.events.map(({ name }) => name)).toEqual(['tskReceived', 'tskPreprocessed']);
    await untilRunning('client', (later) =>
      seen.every(({ spanId, ageMs }) => later.some((span) => span.spanId === spanId && span.ageMs > ageMs)),
    );

    exporter.kill('SIGCONT');
    expect(await answer).toMatchObject({ code: 201, status: 'done', traceId: request?.traceId });
    await untilNothingRuns();
  });

  it('is seen on the executor’s page while its words are counted, each chunk in its thread', async () => {
    // A text of many words keeps the threads busy for longer than a look at the page takes; if not, the next one does.
    const text = Array.from({ length: 300_000 }, (_, index) => index.toString(36)).join(' ');
    const seen = new AbortController();
    const keepBusy = async () => {
      do expect(await postTask(deployment.url('client'), text)).toMatchObject({ code: 201 });
      while (!seen.signal.aborted);
    };
    const busy = Promise.all([keepBusy(), keepBusy()]);
    const spans = await untilRunning('executor', (running) =>
      running.some(({ name }) => name === 'count words'),
    ).finally(() => seen.abort());
    const chunk = spans.find(({ name }) => name === 'count words');
    expect(attributeOf(chunk!, 'thread.id')).toBeGreaterThan(0);
    const parent = spans.find(({ spanId }) => spanId === chunk?.parentSpanId);
    expect(parent).toMatchObject({ name: 'Executor span', traceId: chunk?.traceId });
    await busy;
    await untilNothingRuns();
    const { rows } = await readNames(deployment.url('executor'));
    expect(rows.find(({ name }) => name === 'count words')).toMatchObject({ running: 0, errors: 0 });
  });

  it('is seen on the exporter’s page until the broker has confirmed its notification', async () => {
    // The connection that the exporter sends on comes with the first task: it is the latest.
    expect(await postTask(deployment.url('client'), 'first')).toMatchObject({ code: 201 });
    await untilNothingRuns();
    const release = proxy.holdAnswersToLatest();
    const task = await postTask(deployment.url('client'), 'to be or not to be');
    expect(task).toMatchObject({ code: 201 });
    const [sending] = await untilRunning('exporter', ([span]) => span?.name === 'send notifications');
    expect(sending).toMatchObject({ traceId: task.traceId, kind: 'PRODUCER' });
    expect(attributeOf(sending!, 'messaging.destination.template')).toBe('notifications');
    await untilRunning('exporter', ([span]) => (span?.ageMs ?? 0) > (sending?.ageMs ?? 0));
    release();
    await untilNothingRuns();
  });
});
