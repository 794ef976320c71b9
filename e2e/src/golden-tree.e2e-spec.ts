import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkTrace, expectedTree, submitTask } from '@distrace/start';
import type { CheckOptions } from '@distrace/start';
import { buildTraceTree, decodeSpans, mergeSpans } from '@distrace/zipkin';
import type { Span } from '@distrace/zipkin';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { startDeployment } from './support/deployment.ts';
import { runOnce, startRunner } from './support/runner.ts';
import { readTraces } from './support/spool.ts';

const amqpUrl = inject('amqpUrl');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'golden-tree-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function traceOf(name: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Span[]> {
  const out = join(folder, `${name}.json`);
  const { code, output } = await runOnce([...args, '--out', out], env);
  expect(code, output).toBe(0);
  return JSON.parse(await readFile(out, 'utf8')) as Span[];
}

/** By default as read from the viewer. */
function expectGoldenTree(
  spans: readonly Span[],
  chunks: number,
  { fromZipkin = true }: Pick<CheckOptions, 'fromZipkin'> = {},
): void {
  expect(checkTrace(spans, { chunks, fromZipkin })).toEqual({ complete: true });
  expect(spans).toHaveLength(expectedTree.length - 1 + chunks);
  expect(buildTraceTree(spans).missingParentIds.length).toBe(0);
  for (const span of spans) {
    // Ids as the architecture wants them, and nothing of the flag that the executor acted on.
    expect(span.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(span.id).toMatch(/^[0-9a-f]{16}$/);
  }
}

const chunksIn = (spans: readonly Span[]) => spans.filter((span) => span.name === 'count words').length;

describe('npm start -- --once', () => {
  it('2: leaves the golden tree, nothing more and nothing less, twice in a row', async () => {
    for (const name of ['first', 'second']) {
      const spans = await traceOf(name, ['--file', 'README.md'], { AMQP_URL: amqpUrl });
      expectGoldenTree(spans, chunksIn(spans));
    }
  });

  it('twice at once on one broker: two runs do not meet', async () => {
    const runs = await Promise.all(
      ['left', 'right'].map((name) => traceOf(name, ['--file', 'README.md'], { AMQP_URL: amqpUrl })),
    );
    for (const spans of runs) expectGoldenTree(spans, chunksIn(spans));
    expect(new Set(runs.flat().map((span) => span.traceId)).size).toBe(2);
  });

  it.each([
    ['one word', 'word'],
    ['2 MB of text', 'Two MB of it. '.repeat(150_000).slice(0, 2 * 1024 * 1024)],
  ])('traces %s as well', async (name, text) => {
    const file = join(folder, `${name}.txt`);
    await writeFile(file, text);
    const spans = await traceOf(name, ['--file', file], { AMQP_URL: amqpUrl });
    expect(chunksIn(spans)).toBeGreaterThanOrEqual(2);
    expectGoldenTree(spans, chunksIn(spans));
  });
});

describe('the three services', () => {
  it('2: export the golden tree, names to the letter', async () => {
    await using deployment = await startDeployment(amqpUrl);
    const signal = AbortSignal.timeout(60_000);
    const task = await submitTask(deployment.url('client'), 'to be or not to be', { signal });
    await vi.waitFor(
      async () => {
        const spans = (await readTraces(deployment.spool)).get(task.traceId ?? '') ?? [];
        expectGoldenTree(spans, task.result.chunks, { fromZipkin: false });
      },
      { timeout: 20_000, interval: 100 },
    );
  });
});

describe('200 tasks at once', () => {
  it('3: leave 200 golden trees, with no span in a wrong one', async () => {
    await using runner = startRunner([], { AMQP_URL: amqpUrl });
    await runner.printed(/Ctrl-C stops/);
    const client = await runner.printed(/client\s+(http:\/\/\S+:\d+)\/\n/);
    const viewer = await runner.printed(/traces\s+(http:\/\/\S+:\d+)\/zipkin\/\n/);
    const signal = AbortSignal.timeout(60_000);
    const tasks = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        submitTask(client, `task ${'word '.repeat(index)}`, { signal }),
      ),
    );
    expect(new Set(tasks.map((task) => task.traceId)).size).toBe(200);
    for (const [index, task] of tasks.entries()) {
      expect(task.result.words).toBe(index + 1);
      await vi.waitFor(
        async () => {
          const answer = await fetch(`${viewer}/api/v2/trace/${task.traceId}`);
          expect(answer.status).toBe(200);
          expectGoldenTree(mergeSpans(decodeSpans(await answer.text())), task.result.chunks);
        },
        { timeout: 20_000, interval: 100 },
      );
    }
    runner.child.kill('SIGTERM');
    expect((await runner.ended()).code).toBe(0);
  });
});
