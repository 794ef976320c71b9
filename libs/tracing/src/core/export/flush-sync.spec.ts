import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { disk } from './disk-exporter.js';
import { ExportProcessor } from './export-processor.js';
import { fakeSpans } from './fake-span.spec.helper.js';
import { postSync } from './http-post-sync.js';
import { SpanExporter } from './span-exporter.js';

class Blocking extends SpanExporter {
  override readonly sendSync = vi.fn<NonNullable<SpanExporter['sendSync']>>();
  send = vi.fn<SpanExporter['send']>(() => Promise.resolve());
}

function setUp(exporter: SpanExporter, count = 3) {
  const processor = new ExportProcessor(exporter, { maxAttempts: 1 });
  const spans = fakeSpans(count);
  for (const span of spans) processor.onEnd(span);
  return { processor, spans };
}

describe('ExportProcessor.flushSync', () => {
  it('hands over what waits, once, and nothing when nothing does', () => {
    const exporter = new Blocking();
    const { processor, spans } = setUp(exporter);
    processor.flushSync(300);
    processor.flushSync(300);
    expect(exporter.sendSync.mock.calls).toEqual([
      [spans, { timeoutMs: 300, onDropped: expect.any(Function) as unknown }],
    ]);
    expect(processor.stats()).toMatchObject({ queued: 0, exported: 3, dropped: 0 });
  });

  it('hands over a batch that is on its way as well', async () => {
    const exporter = new Blocking();
    exporter.send.mockReturnValue(new Promise(() => undefined));
    const { processor, spans } = setUp(exporter);
    void processor.forceFlush();
    await vi.waitFor(() => expect(exporter.send).toHaveBeenCalled());
    const later = fakeSpans(1);
    for (const span of later) processor.onEnd(span);
    processor.flushSync(300);
    expect(exporter.sendSync.mock.calls[0]?.[0]).toEqual([...spans, ...later]);
  });

  it('counts what an exporter fails to send, cannot send, or has no time for, and never throws', () => {
    const failing = new Blocking();
    failing.sendSync.mockImplementation(() => {
      throw new Error('down');
    });
    class Plain extends SpanExporter {
      send = (): Promise<void> => Promise.resolve();
    }
    for (const [exporter, timeoutMs] of [
      [failing, 300],
      [new Plain(), 300],
      [new Blocking(), 0],
    ] as const) {
      const { processor } = setUp(exporter);
      processor.flushSync(timeoutMs);
      expect(processor.stats()).toMatchObject({ queued: 0, exported: 0, dropped: 3 });
    }
  });

  it('does not wait for an exporter whose last batch failed', async () => {
    const exporter = new Blocking();
    exporter.send.mockRejectedValue(new Error('down'));
    const { processor } = setUp(exporter);
    await processor.forceFlush();
    for (const span of fakeSpans(2)) processor.onEnd(span);
    processor.flushSync(300);
    expect(exporter.sendSync).not.toHaveBeenCalled();
    expect(processor.stats()).toMatchObject({ queued: 0, dropped: 5 });
  });
});

it('disk writes at once, behind what is there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'distrace-sync-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const exporter = disk(`${folder}/`);
  const [first, second] = fakeSpans(2) as [ReadableSpan, ReadableSpan];
  await exporter.send([first], { signal: new AbortController().signal });
  exporter.sendSync?.([second], { timeoutMs: 1 });
  const lines = readFileSync(join(folder, 'spans.ndjson'), 'utf8').trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(
    [first, second].map((span) => span.spanContext().spanId),
  );
  await exporter.shutdown();
});

describe('postSync', () => {
  const to = (port: number, timeoutMs: number) => () =>
    postSync({
      url: new URL(`http://127.0.0.1:${port}/spans`),
      headers: {},
      bodies: [Buffer.from('[]')],
      timeoutMs,
    });

  it('throws when nobody answers in time, or nobody is there', async () => {
    // This thread waits, so that its own server cannot answer.
    const server = createServer().listen(0, '127.0.0.1');
    await vi.waitUntil(() => server.listening);
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect(to(port, 50)).toThrow(`no answer of http://127.0.0.1:${port} within 50 ms`);
    expect(to(9, 20_000)).toThrow('cannot reach http://127.0.0.1:9');
  });

  it('throws for another status than 2xx, and sends all bodies otherwise', async () => {
    const other = execFile(process.execPath, ['-e', OTHER_PROCESS]);
    onTestFinished(() => void other.kill());
    const port = await new Promise<number>((resolve) =>
      other.stdout?.once('data', (text: string) => resolve(Number(text))),
    );
    expect(to(port, 20_000)).toThrow(`http://127.0.0.1:${port} answered 500`);
    const bodies = ['[1]', '[2]'].map((text) => Buffer.from(text));
    postSync({ url: new URL(`http://127.0.0.1:${port}/fine`), headers: {}, bodies, timeoutMs: 20_000 });
    const got = await fetch(`http://127.0.0.1:${port}/got`);
    expect(await got.text()).toBe('[][1][2]');
  });
});

const OTHER_PROCESS = `
let got = '';
require('node:http').createServer((request, response) => {
  if (request.url === '/got') return response.end(got);
  request.on('data', (chunk) => (got += chunk));
  request.on('end', () => response.writeHead(request.url === '/fine' ? 202 : 500).end());
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });
`;
