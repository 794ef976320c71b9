import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { queueName } from '@distrace/messaging';
import { connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { startDeployment } from '../support/deployment.ts';
import type { AppName, Deployment } from '../support/deployment.ts';
import { readTraces } from '../support/spool.ts';
import { postTask } from '../support/tasks.ts';
import {
  attributeOf,
  expectConservation,
  expectSameAsExported,
  readErrors,
  readNames,
  rowOf,
} from '../support/tracez.ts';

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment(inject('amqpUrl'));
}, 120_000);
afterAll(() => deployment?.[Symbol.asyncDispose]());

const namesOf = (app: AppName) => readNames(deployment.url(app));
const untilSo = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 30_000, interval: 50 });

async function expectAsExported(app: AppName): Promise<void> {
  const page = await namesOf(app);
  expectConservation(page);
  const spans = [...(await readTraces(deployment.spool)).values()].flat();
  expectSameAsExported(
    page,
    spans.filter(({ localEndpoint }) => localEndpoint?.serviceName === app),
  );
}

/** The exporter saves the row and never the file: a file stands where the folder should be. */
async function blockFiles(): Promise<() => Promise<void>> {
  const results = join(deployment.dataDir('exporter'), 'results');
  await rename(results, `${results}.aside`).catch(() => undefined);
  await writeFile(results, '');
  return async () => {
    await rm(results);
    await rename(`${results}.aside`, results).catch(() => undefined);
  };
}

describe('a task that fails and is tried again', () => {
  it('shows its failures as one group, its deliveries in the row, and then its success', async () => {
    const release = await blockFiles();
    const answer = postTask(deployment.url('client'), 'to be or not to be');
    await untilSo(async () => {
      const { errors, messaging } = rowOf(await namesOf('exporter'), 'process results');
      expect(errors).toBeGreaterThanOrEqual(2);
      expect(messaging?.maxDeliveryCount).toBeGreaterThanOrEqual(1);
    });
    await release();
    const task = await answer;
    expect(task).toMatchObject({ code: 201, status: 'done' });

    await untilSo(() => expectAsExported('exporter'));
    const page = await namesOf('exporter');
    const { errors, latency, messaging } = rowOf(page, 'process results');
    expect(latency.reduce((sum, count) => sum + count, 0)).toBe(1);
    // All but the first attempt came again, and the last one says how often.
    expect(messaging).toMatchObject({ redelivered: errors, maxDeliveryCount: errors });
    expect(messaging?.lag?.count).toBe(errors + 1);

    for (const name of ['process results', 'Exporter span']) {
      const failed = await readErrors(deployment.url('exporter'), name);
      expect(failed.count).toBe(errors);
      expect(failed.groups).toMatchObject([{ count: errors, type: expect.any(String) }]);
      expect(failed.groups?.[0]?.message).toMatch(/EEXIST|ENOTDIR/);
      expect(failed.spans[0]).toMatchObject({ traceId: task.traceId, status: 'ERROR' });
    }
    const [latest] = (await readErrors(deployment.url('exporter'), 'process results')).spans;
    expect(attributeOf(latest!, 'messaging.destination.name')).toBe(queueName(deployment.prefix, 'results'));
  });
});

describe('a message that breaks its contract', () => {
  it('is an error of its own group where it was read, and a failure that the client handled', async () => {
    const connection = await connect(inject('amqpUrl'));
    const channel = await connection.createConfirmChannel();
    const task = { id: '6f1c1f0e-6d2e-4a53-9c1c-1f2f6a1b2c3d', kind: 'dance' };
    channel.sendToQueue(
      queueName(deployment.prefix, 'tasks'),
      Buffer.from(JSON.stringify({ pattern: 'tasks', data: task })),
    );
    await channel.waitForConfirms();
    await connection.close();

    await untilSo(async () => {
      const { count, groups } = await readErrors(deployment.url('executor'), 'process tasks');
      expect(count).toBe(1);
      expect(groups).toMatchObject([{ count: 1, type: 'DT_ERR_CONTRACT' }]);
      expect(rowOf(await namesOf('client'), 'process failures').latency.reduce((a, b) => a + b)).toBe(1);
    });
    for (const app of ['client', 'executor'] as const) await untilSo(() => expectAsExported(app));
  });
});
