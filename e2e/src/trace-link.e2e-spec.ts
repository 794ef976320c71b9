import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { submitTask } from '@distrace/start';
import { launchBrowser } from '@distrace/browser';
import type { TestBrowser } from '@distrace/browser';
import type { Span } from '@distrace/zipkin';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { startFakeZipkin } from './support/fake-zipkin.ts';
import { processesNaming } from './support/remains.ts';
import { runOnce, startRunner } from './support/runner.ts';
import type { Runner } from './support/runner.ts';
import { PATIENCE } from './support/viewer-page.ts';
import { startViewer } from './zipkin/viewer.ts';

const AMQP = { AMQP_URL: inject('amqpUrl') };
const LINK = /trace\s+(http:\/\/127\.0\.0\.1:\d+\/zipkin\/traces\/[0-9a-f]{32})\n/;

/** What a finished run says of its trace. */
async function linkOf(runner: Runner): Promise<URL> {
  await runner.printed(/Ctrl-C stops/);
  return new URL(await runner.printed(LINK));
}

async function spansBehind(link: URL): Promise<readonly Span[]> {
  const answer = await fetch(`${link.origin}/api/v2/trace/${link.pathname.split('/').at(-1)}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Span[];
}

describe('the link that npm start prints', () => {
  let started: TestBrowser;
  beforeAll(async () => {
    started = await launchBrowser();
  }, 180_000);
  afterAll(() => started?.[Symbol.asyncDispose]());

  it('opens the whole trace', async () => {
    await using runner = startRunner([], AMQP);
    const link = await linkOf(runner);
    const page = await started.browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(link.href);
    for (const name of [
      'post /tasks',
      'main client span',
      'count words',
      'save task',
      'process notifications',
    ]) {
      await page.getByText(name, { exact: true }).first().waitFor(PATIENCE);
    }
    expect(errors).toEqual([]);
    const spans = await spansBehind(link);
    expect(new Set(spans.map((span) => span.localEndpoint?.serviceName))).toEqual(
      new Set(['client', 'executor', 'exporter']),
    );
    for (const { tags } of spans)
      expect(Object.keys(tags ?? {})).toEqual(expect.arrayContaining(['stacktrace.open']));

    // A task of somebody else, and the link in its answer.
    const client = await runner.printed(/client\s+(http:\/\/\S+:\d+)\/\n/);
    const answer = await fetch(`${client}/tasks`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'to be or not to be',
    });
    const { traceUrl } = (await answer.json()) as { readonly traceUrl: string };
    await page.goto(traceUrl);
    await page.getByText('process notifications', { exact: true }).first().waitFor(PATIENCE);
    expect(errors).toEqual([]);
  });

  it('leads to each run’s own viewer when two run at once', async () => {
    await using first = startRunner([], AMQP);
    const one = await linkOf(first);
    await using second = startRunner(['--viewer-port', one.port], AMQP);
    const other = await linkOf(second);
    expect(second.output()).toContain(`on port ${one.port} is the viewer of another run`);
    expect(other.port).not.toBe(one.port);
    first.child.kill('SIGTERM');
    expect((await first.ended()).code).toBe(0);
    expect((await spansBehind(other)).length).toBeGreaterThan(10);
  });

  it('leads to a Zipkin that answers already, which stays when the run has ended', async () => {
    await using zipkin = await startFakeZipkin();
    const { code, output } = await runOnce(['--viewer-port', String(zipkin.port)], AMQP);
    expect(code, output).toBe(0);
    expect(output).toContain(`using Zipkin 3.0.0 on ${zipkin.url}`);
    const link = new URL(LINK.exec(output)?.[1] ?? '');
    expect(link.origin).toBe(zipkin.url);
    expect((await spansBehind(link)).length).toBeGreaterThan(10);
  });

  it('leads to a viewer that somebody started by hand', async () => {
    await using viewer = await startViewer();
    const { code, output } = await runOnce(['--zipkin', viewer.url], AMQP);
    expect(code, output).toBe(0);
    expect(output).toContain(`using a trace viewer on ${viewer.url}`);
    expect((await spansBehind(new URL(LINK.exec(output)?.[1] ?? ''))).length).toBeGreaterThan(10);
  });

  it('leads to another port when a stranger has the first', async () => {
    await using stranger = await startFakeZipkin({ isStranger: true });
    const { code, output } = await runOnce(['--viewer-port', String(stranger.port)], AMQP);
    expect(code, output).toBe(0);
    expect(output).toContain(`port ${stranger.port} is taken, so the viewer uses `);
  });
});

describe('a viewer that is killed', () => {
  it('costs spans and nothing else: tasks go on, the run says so and stops in order', async () => {
    await using runner = startRunner([], AMQP);
    const link = await linkOf(runner);
    const client = await runner.printed(/client\s+(http:\/\/\S+:\d+)\/\n/);
    const data = await runner.printed(/data\s+(\/\S+)\n/);
    process.kill(await viewerOf(runner), 'SIGKILL');
    await runner.printed(/the viewer ended by itself \(SIGKILL\): tasks go on, their spans are dropped/);
    const signal = AbortSignal.timeout(60_000);
    for (let index = 1; index <= 5; index += 1) {
      const { result } = await submitTask(client, 'word '.repeat(index), { signal });
      expect(result.words).toBe(index);
    }
    await expect(fetch(link)).rejects.toThrow();
    await vi.waitFor(
      async () =>
        expect(await readFile(join(data, 'logs/client.log'), 'utf8')).toContain('spans are being lost'),
      { timeout: 30_000, interval: 100 },
    );
    runner.child.kill('SIGTERM');
    const { code, output } = await runner.ended();
    expect(code, output).toBe(0);
    await vi.waitFor(async () => expect(await processesNaming(data)).toEqual([]), { timeout: 20_000 });
  });
});

/** The pid of the runner's viewer: the one of its children that runs it. */
async function viewerOf(runner: Runner): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
    const [stat, command] = await Promise.all([read('stat'), read('cmdline')]);
    const parent = /\) \S (\d+) /.exec(stat)?.[1];
    if (Number(parent) === runner.child.pid && command.includes('apps/trace-viewer/dist/main.js'))
      return Number(pid);
  }
  return expect.unreachable('the run has no viewer');
}
