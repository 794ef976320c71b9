import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { startRunner } from '../support/runner.ts';
import type { Runner } from '../support/runner.ts';
import { postTask } from '../support/tasks.ts';
import { expectConservation, readNames, readRunning, rowOf } from '../support/tracez.ts';

let runner: Runner;
const services: Record<string, string> = {};
beforeAll(async () => {
  runner = startRunner([], { AMQP_URL: inject('amqpUrl') });
  await runner.printed(/Ctrl-C stops/);
  for (const [, url = '', name = ''] of runner
    .output()
    .matchAll(/ (http:\/\/127\.0\.0\.1:\d+)\/zpages\/tracez {2}(\w+)\n/g)) {
    services[name] = url;
  }
}, 180_000);
afterAll(() => runner?.[Symbol.asyncDispose]());

const serviceOf = (name: string) => services[name] ?? expect.unreachable(`no URL of the ${name} was printed`);

describe('the pages that npm start prints', () => {
  it('show the task that it has sent', async () => {
    expect(Object.keys(services)).toEqual(['client', 'executor', 'exporter']);
    for (const [service, name] of [
      ['client', 'Main Client Span'],
      ['executor', 'count words'],
      ['exporter', 'save task'],
    ] as const) {
      const page = await readNames(serviceOf(service));
      expectConservation(page);
      const { running, errors, latency } = rowOf(page, name);
      const ended = latency.reduce((sum, count) => sum + count, 0);
      expect({ running, errors, ended }).toEqual({
        running: 0,
        errors: 0,
        ended: name === 'count words' ? 2 : 1,
      });
    }
  });

  it('show the next one while it is in flight', async () => {
    const client = serviceOf('client');
    const seen = new AbortController();
    const keepBusy = async () => {
      do expect(await postTask(client, 'to be or not to be')).toMatchObject({ code: 201 });
      while (!seen.signal.aborted);
    };
    const busy = keepBusy();
    await vi
      .waitFor(
        async () => {
          const names = (await readRunning(client)).spans.map(({ name }) => name);
          expect(names).toEqual(expect.arrayContaining(['POST /tasks', 'Main Client Span']));
        },
        { timeout: 30_000, interval: 5 },
      )
      .finally(() => seen.abort());
    await busy;
  });
});
