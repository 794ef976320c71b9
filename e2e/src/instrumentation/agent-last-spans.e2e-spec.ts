import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { HandshakeRequest } from '@distrace/instrumentation/wire';
import { sha256, startFakeServer } from './support/fake-server.ts';
import { makeApp } from './support/run-app.ts';
import { buildSpanBundle } from './support/span-bundle.ts';

/** Ends that leave the event loop no turn, each after a call of a marked function. */
const ENDS: Readonly<Record<string, { readonly code: string; readonly ends: object }>> = {
  'process.exit': { code: 'process.exit(5);', ends: { code: 5 } },
  'an exception': { code: "throw new Error('end');", ends: { code: 1 } },
  'an unhandled rejection': { code: "void Promise.reject(new Error('end'));", ends: { code: 1 } },
  'a signal of its own after it was handled': {
    code: [
      "process.once('SIGTERM', () => process.kill(process.pid, 'SIGTERM'));",
      "process.kill(process.pid, 'SIGTERM');",
      'setTimeout(() => undefined, 60_000);',
    ].join('\n'),
    ends: { signal: 'SIGTERM' },
  },
};

/** A collector of Zipkin's JSON that answers, or never does. */
async function startCollector({ isSilent = false } = {}) {
  const spans: { readonly name: string }[] = [];
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      if (isSilent) return;
      spans.push(...(JSON.parse(text) as { readonly name: string }[]));
      response.writeHead(202).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    spans,
    asked: () => asked,
    exporter: `directZipkin(127.0.0.1:${(server.address() as AddressInfo).port})`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('the last spans of a process', () => {
  let bundle = '';
  beforeAll(async () => {
    bundle = await buildSpanBundle();
  });
  const appThatEnds = (code: string) =>
    makeApp({
      'main.cjs': `function marked() {}\nmarked();\nprocess.on('exit', () => marked());\n${code}`,
    });
  // The machine is busy with other tests: a thread may take seconds to start.
  const PATIENT = { poll_interval_ms: '0', exit_flush_ms: '10000' };

  it.each(Object.entries(ENDS))('I32: reach the collector at the end by %s', async (_, { code, ends }) => {
    await using server = await startFakeServer({ bundle });
    await using collector = await startCollector();
    await using app = await appThatEnds(code);
    const args = server.args({ ...PATIENT, span_exporter: collector.exporter });

    const run = await app.run('main.cjs', { args });

    expect(run).toMatchObject({ ...ends, stdout: '' });
    // A signal ends a process before its listeners are told.
    const calls = 'signal' in ends ? 1 : 2;
    expect(collector.spans.map(({ name }) => name)).toEqual(Array.from({ length: calls }, () => 'marked'));
  });

  it('I32: reach the disk', async () => {
    await using server = await startFakeServer({ bundle });
    await using app = await appThatEnds('process.exit(5);');
    const args = server.args({ ...PATIENT, span_exporter: 'disk(spans/)' });
    expect(await app.run('main.cjs', { args })).toMatchObject({ code: 5, stdout: '', stderr: '' });
    const lines = (await readFile(join(app.folder, 'spans', 'spans.ndjson'), 'utf8')).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { name: string }).name)).toEqual(['marked', 'marked']);
  });

  it('I32: hold the end no longer than they may when the collector is silent', async () => {
    await using server = await startFakeServer({ bundle });
    await using collector = await startCollector({ isSilent: true });
    await using app = await makeApp({
      'main.cjs': [
        'function marked() {}',
        'marked();',
        'let end;',
        // Before the agent's part: what the app hears comes first.
        "process.on('exit', () => { end = performance.now(); });",
        'const { exit, reallyExit } = process;',
        'process.reallyExit = (code) => { console.log(Math.round(performance.now() - end)); reallyExit.call(process, code); };',
        'process.exit(5);',
      ].join('\n'),
    });
    const args = server.args({ poll_interval_ms: '0', span_exporter: collector.exporter });
    const { code, stdout } = await app.run('main.cjs', { args });
    expect(code).toBe(5);
    expect(Number(stdout)).toBeGreaterThanOrEqual(290);
    expect(Number(stdout)).toBeLessThan(5000);
  });

  it('I32: hold an empty event loop for two seconds when the collector is silent, no longer', async () => {
    await using server = await startFakeServer({ bundle });
    await using collector = await startCollector({ isSilent: true });
    await using app = await makeApp({
      'main.cjs': [
        'function marked() {}',
        'marked();',
        'const begin = performance.now();',
        "process.on('exit', () => console.log(Math.round(performance.now() - begin)));",
      ].join('\n'),
    });
    const args = server.args({ poll_interval_ms: '0', span_exporter: collector.exporter });
    const { code, stdout } = await app.run('main.cjs', { args });
    expect(code).toBe(0);
    expect(Number(stdout)).toBeGreaterThanOrEqual(1000);
    expect(Number(stdout)).toBeLessThan(4500);
  });

  it('I32: are lost where exit_flush_ms=0 says so, and nobody is asked', async () => {
    await using server = await startFakeServer({ bundle });
    await using collector = await startCollector();
    await using app = await appThatEnds('process.exit(5);');
    const args = server.args({ exit_flush_ms: '0', span_exporter: collector.exporter });
    expect(await app.run('main.cjs', { args })).toMatchObject({ code: 5, stdout: '', stderr: '' });
    expect(collector.asked()).toBe(0);
  });

  it('I32: are none when there are none: no thread starts', async () => {
    await using server = await startFakeServer({ bundle });
    await using collector = await startCollector();
    await using app = await makeApp({
      'main.cjs': [
        "require('node:diagnostics_channel').subscribe('worker_threads', () => console.log('thread'));",
        'process.exit(5);',
      ].join('\n'),
    });
    const args = server.args({ span_exporter: collector.exporter });
    expect(await app.run('main.cjs', { args })).toMatchObject({ code: 5, stdout: '', stderr: '' });
    expect(collector.asked()).toBe(0);
  });

  it('I48: are exported by the bundle they began in when another has followed it meanwhile', async () => {
    await using server = await startFakeServer({ bundle });
    await using collector = await startCollector();
    await using app = await makeApp({
      'main.cjs': [
        "const { existsSync } = require('node:fs');",
        "const { setTimeout: wait } = require('node:timers/promises');",
        "async function marked() { while (!existsSync('go')) await wait(20); }",
        'marked();',
      ].join('\n'),
    });
    const { ended } = app.start('main.cjs', { args: server.args({ span_exporter: collector.exporter }) });
    await vi.waitUntil(() => server.transforms.length > 0, { timeout: 20_000 });
    const next = `${bundle}\n// another`;
    server.options = { ...server.options, bundle: next };
    server.serial += 1;
    const runsNext = ({ body }: { readonly body: unknown }) =>
      (body as HandshakeRequest).have?.bundle === sha256(next);
    await vi.waitUntil(() => server.requests.some(runsNext), { timeout: 20_000 });
    await writeFile(join(app.folder, 'go'), '');
    expect(await ended).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(collector.spans.map(({ name }) => name)).toEqual(['marked']);
  });

  it('I27: tells the server that a process ends, with what it has done', async () => {
    await using server = await startFakeServer({ pollIntervalMs: 100_000 });
    await using app = await makeApp({ 'main.cjs': 'function marked() {}\nmarked();' });
    expect(await app.run('main.cjs', { args: server.args() })).toMatchObject({ code: 0, stderr: '' });
    expect(server.goodbyes).toMatchObject([{ body: { agent: { woven: 1 } } }]);
  });
});
