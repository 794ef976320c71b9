import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { SERVER_ENTRY } from './support/extension.ts';
import { startExtendedServer } from './support/extended-server.ts';
import { EXTENSION, send, startUnderAgent } from './untraced-apps.ts';

const amqpUrl = inject('amqpUrl');
const APPS = ['client', 'executor', 'exporter'] as const;

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'untraced-'));
  onTestFinished(() => rm(folder, { recursive: true, maxRetries: 10 }));
  return folder;
}

// Each starts six processes or more.
describe('the untraced apps under the agent', { timeout: 300_000 }, () => {
  it('I33: leave the golden tree, as the decorated ones do, in three processes with a server each', async () => {
    const folder = await newFolder();
    const args = { connection: 'ipc', server_entry: SERVER_ENTRY, extensions: EXTENSION };
    await using apps = await startUnderAgent(amqpUrl, { folder, args });
    const task = await send(apps, 'to be or not to be');
    const spans = await apps.traceOf(task);
    // What a flag and a carried annotation did at the executor; neither shows in a span.
    const topWords = [
      ['to', 2],
      ['be', 2],
      ['or', 1],
      ['not', 1],
    ];
    expect(task.result).toMatchObject({ words: 6, receivedBytes: 18, topWords });
    for (const { traceId, id } of spans) {
      expect(traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(id).toMatch(/^[0-9a-f]{16}$/);
    }
    for (const app of APPS) expect(await apps.end(app, 'SIGTERM')).toBe(0);
  });

  it('I33: leave a golden tree each when fifty tasks are on their way at once', async () => {
    const folder = await newFolder();
    await using server = await startExtendedServer();
    await using apps = await startUnderAgent(amqpUrl, { folder, args: server.args });
    const texts = Array.from({ length: 50 }, (_, index) => `task ${'word '.repeat(index)}`);
    const tasks = await Promise.all(texts.map((text) => send(apps, text)));
    // A thread that has to wait for a processor between the SDK's two clocks is off by that: 40 ms were seen.
    const toleranceMicros = 500_000;
    const traces = await Promise.all(tasks.map((task) => apps.traceOf(task, { toleranceMicros })));
    expect(new Set(traces.map(([span]) => span?.traceId)).size).toBe(50);
  });

  it('I16: cost the server no weaving and no byte of source when they start again elsewhere', async () => {
    await using server = await startExtendedServer();
    const start = async () => startUnderAgent(amqpUrl, { folder: await newFolder(), args: server.args });
    await using first = await start();
    await first.traceOf(await send(first, 'the first start'));
    const { woven, sourceBytesReceived } = await server.counters();
    expect(woven).toBeGreaterThan(0);
    await using second = await start();
    await second.traceOf(await send(second, 'the second start'));
    const after = await server.counters();
    expect(after).toMatchObject({ woven, sourceBytesReceived });
    // All of it was there already, most of it in the first answer.
    expect(after['packFilesSent']).toBeGreaterThanOrEqual(woven!);
  });

  it('keep their main span open when the client answers before the notification', async () => {
    const folder = await newFolder();
    await using server = await startExtendedServer();
    await using apps = await startUnderAgent(amqpUrl, {
      folder,
      args: server.args,
      env: { TASK_WAIT_MS: '1' },
    });
    const task = await send(apps, 'word '.repeat(200_000));
    expect(task.answered).toBe(false);
    await apps.traceOf(task);
  });

  it('are what they were: nothing of tracing is in their files', async () => {
    const manifest = await readFile(join(EXTENSION, '../untraced/package.json'), 'utf8');
    const { dependencies } = JSON.parse(manifest) as { readonly dependencies: object };
    expect(Object.keys(dependencies).filter((name) => /distrace|opentelemetry/.test(name))).toEqual([]);
  });
});
