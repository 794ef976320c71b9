import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startGuardian, startPrivateBroker } from '@distrace/broker';
import { mergeSpans } from '@distrace/zipkin';
import { expect, it, onTestFinished } from 'vitest';
import { appEnv, foldersOf } from './app-env.ts';
import { startApp } from './app-process.ts';
import { realMachinery } from './machinery.ts';
import type { AppName } from './ports.ts';
import { waitReady } from './ready.ts';
import { readSpool } from './spool.ts';
import { submitTask } from './submit.ts';

const TASKS = 50;
const ANSWERED_BEFORE_STOP = 5;
const { signal } = new AbortController();
const machinery = realMachinery(join(import.meta.dirname, '../../..'));

// Runs the built apps: build first.
it(
  'an executor that is stopped at work loses no span of its worker threads',
  { timeout: 120_000 },
  async () => {
    const guardian = startGuardian();
    onTestFinished(() => guardian.close());
    const folders = foldersOf(mkdtempSync(join(tmpdir(), 'distrace-stop-')));
    onTestFinished(() => rmSync(folders.data, { recursive: true }));
    const spool = join(folders.data, 'spans');
    for (const folder of [folders.logs, spool]) mkdirSync(folder);
    const broker = await startPrivateBroker({ guardian, signal });
    const start = async (name: AppName) => {
      const port = await freePort();
      const settings = {
        name,
        port,
        amqpUrl: broker.url,
        queuePrefix: '',
        zipkinUrl: 'http://127.0.0.1:9',
        folders,
      };
      const app = startApp({
        name,
        entry: machinery.entryOf(name),
        cwd: machinery.root,
        port,
        env: {
          ...appEnv(process.env, settings),
          DISTRACE_EXPORTER: `disk(${join(spool, `${name}.ndjson`)})`,
        },
        logFile: join(folders.logs, `${name}.log`),
      });
      guardian.adoptProcess(app.pid!, { group: true });
      expect(await waitReady(`${app.url}/health`, { signal })).toBeUndefined();
      return app;
    };
    const stop = (app: Awaited<ReturnType<typeof start>>) => app.stop({ deadlineMs: 30_000 });
    const [client, executor, exporter] = await Promise.all([
      start('client'),
      start('executor'),
      start('exporter'),
    ]);

    const text = 'to be or not to be '.repeat(5_000);
    let answered = 0;
    const enough = Promise.withResolvers<void>();
    const tasks = Array.from({ length: TASKS }, async () => {
      const task = await submitTask(client.url, text, { signal });
      answered += 1;
      if (answered === ANSWERED_BEFORE_STOP) enough.resolve();
      return task;
    });
    await enough.promise;
    expect(await stop(executor)).toBe('ended');
    expect(answered).toBeLessThan(TASKS);
    const again = await start('executor');
    const done = await Promise.all(tasks);
    for (const app of [client, again, exporter]) expect(await stop(app)).toBe('ended');

    for (const { traceId, result } of done) {
      const { spans } = await readSpool(spool, traceId!);
      const counted = mergeSpans(spans).filter((span) => span.name === 'count words');
      expect(counted.filter((span) => span.duration !== undefined)).toHaveLength(result.chunks);
    }
    await broker.stop();
  },
);
