import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SpanKind } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { describe, expect, it, vi } from 'vitest';
import { ExportProcessor } from './export-processor.js';
import { startCollector } from './fake-collector.spec.helper.js';
import { fakeSpan, fakeSpans } from './fake-span.spec.helper.js';
import { RetryableError } from './retryable-error.js';
import { directZipkin } from './zipkin-exporter.js';

const options = { signal: new AbortController().signal };

/** A port on which nobody listens. */
async function deadUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.on('listening', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return `http://127.0.0.1:${port}`;
}

describe('directZipkin', () => {
  it('posts v2 JSON where Zipkin expects it, over one connection', async () => {
    await using collector = await startCollector();
    const exporter = directZipkin(collector.url);
    await exporter.send(fakeSpans(2), options);
    await exporter.send(fakeSpans(1), options);
    expect(collector.received.map(({ path }) => path)).toEqual(['/api/v2/spans', '/api/v2/spans']);
    expect(collector.received[0]!.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(JSON.parse(collector.received[0]!.body)).toMatchObject([
      { id: '0000000000000001', localEndpoint: { serviceName: 'client' } },
      { id: '0000000000000002' },
    ]);
    expect(collector.connections()).toBe(1);
    await exporter.shutdown();
  });

  it('posts v1 JSON if asked, and to the path of the URL if it has one', async () => {
    await using collector = await startCollector();
    const span = fakeSpan({ kind: SpanKind.SERVER });
    await directZipkin(collector.url, { encoding: 'v1' }).send([span], options);
    await directZipkin(`${collector.url}/proxy/spans?key=1`).send([span], options);
    expect(collector.received.map(({ path }) => path)).toEqual(['/api/v1/spans', '/proxy/spans?key=1']);
    expect(JSON.parse(collector.received[0]!.body)).toMatchObject([
      { annotations: [{ value: 'sr', endpoint: { serviceName: 'client' } }, { value: 'ss' }] },
    ]);
  });

  it('sends headers, compresses, and sends by another fetch if asked', async () => {
    await using collector = await startCollector();
    const settings = { gzip: true, headers: { authorization: 'secret' } };
    await directZipkin(collector.url, settings).send(fakeSpans(1), options);
    await directZipkin(collector.url, { ...settings, fetch }).send(fakeSpans(1), options);
    for (const { headers, body } of collector.received) {
      expect(headers).toMatchObject({ authorization: 'secret', 'content-encoding': 'gzip' });
      expect(JSON.parse(body)).toHaveLength(1);
    }
  });

  it('carries a span of 64 KiB and hostile text whole', async () => {
    await using collector = await startCollector();
    const attributes = {
      'stacktrace.open': 'at f (x.ts:1)\n'.repeat(4700),
      binaryAnnotations: 'yAnnotations',
      quote: '"\\\u0000\u001b[31m\ud800',
      '</script>': '🎉',
    };
    await directZipkin(collector.url).send([fakeSpan({ name: '"], [', attributes })], options);
    const [span] = JSON.parse(collector.received[0]!.body) as { name: string; tags: object }[];
    expect(span).toMatchObject({ name: '"], [', tags: attributes });
  });

  it('sends every byte to one who answers after the first of them', async () => {
    const bodies: string[] = [];
    let told = (): void => undefined;
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => {
        parts.push(part);
        response.end();
      });
      request.on('end', () => {
        bodies.push(Buffer.concat(parts).toString());
        told();
      });
    }).listen(0, '127.0.0.1');
    await new Promise((listening) => server.on('listening', listening));
    const exporter = directZipkin(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const spans = fakeSpans(24).map((span, i) => ({
      ...span,
      attributes: { text: String(i % 10).repeat(500_000) },
    }));
    const allTold = new Promise<void>((resolve) => {
      told = () => {
        if (bodies.length === 3) resolve();
      };
    });
    await exporter.send(spans, options);
    await allTold;
    const texts = bodies.flatMap((body) => JSON.parse(body) as { tags: { text: string } }[]);
    expect(texts.map(({ tags }) => tags.text === tags.text[0]!.repeat(500_000))).toEqual(
      spans.map(() => true),
    );
    await exporter.shutdown();
    await new Promise((closed) => server.close(closed));
  });

  it('cuts a batch into several requests rather than send a body nobody takes', async () => {
    await using collector = await startCollector();
    const spans = fakeSpans(9).map((span) => ({ ...span, attributes: { text: 'x'.repeat(1000) } }));
    await directZipkin(collector.url, { maxBodyBytes: 4000 }).send(spans, options);
    const ids = collector.received.flatMap(({ body }) =>
      (JSON.parse(body) as { id: string }[]).map(({ id }) => id),
    );
    expect(ids).toEqual(spans.map((span) => span.spanContext().spanId));
    for (const { body } of collector.received) expect(body.length).toBeLessThanOrEqual(4000);
  });

  it.each([
    [429, { 'retry-after': '7' }, 7000],
    [503, {}, undefined],
    [500, { 'retry-after': 'soon' }, undefined],
    [408, { 'retry-after': '0x10' }, undefined],
  ])('may be tried again after %i with %j', async (status, headers, retryAfterMs) => {
    await using collector = await startCollector([{ status, headers }]);
    const error: unknown = await directZipkin(collector.url)
      .send(fakeSpans(1), options)
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RetryableError);
    expect(error).toMatchObject({ retryAfterMs });
  });

  it('honours a date in Retry-After', async () => {
    const headers = { 'retry-after': new Date(Date.now() + 60_000).toUTCString() };
    await using collector = await startCollector([{ status: 503, headers }]);
    const error: unknown = await directZipkin(collector.url)
      .send(fakeSpans(1), options)
      .catch((e: unknown) => e);
    const { retryAfterMs } = error as RetryableError;
    expect(retryAfterMs).toBeGreaterThan(30_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  it.each(['node:http', 'fetch'])(
    'takes another 4xx for final and quotes the answer, harmless and short (%s)',
    async (way) => {
      await using collector = await startCollector([
        { status: 400, body: `Expected\n\u001b[31m${'x'.repeat(5000)}` },
      ]);
      const exporter = directZipkin(`${collector.url}/?secret=1`, way === 'fetch' ? { fetch } : {});
      const error: unknown = await exporter.send(fakeSpans(1), options).catch((e: unknown) => e);
      expect(error).not.toBeInstanceOf(RetryableError);
      const { message } = error as Error;
      expect(message).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/v2\/spans answered 400: Expected \[31mxxx/);
      expect(message.length).toBeLessThan(280);
    },
  );

  it.each(['node:http', 'fetch'])('may be tried again when nobody listens (%s)', async (way) => {
    const exporter = directZipkin(await deadUrl(), way === 'fetch' ? { fetch } : {});
    const error: unknown = await exporter.send(fakeSpans(1), options).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RetryableError);
    expect((error as Error).message).toMatch(/cannot reach .*ECONNREFUSED/);
  });

  it('gives up when the time is over or the signal says so', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((listening) => server.on('listening', listening));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(directZipkin(url, { timeoutMs: 20 }).send(fakeSpans(1), options)).rejects.toThrow(
      RetryableError,
    );
    await expect(directZipkin(url).send(fakeSpans(1), { signal: AbortSignal.abort() })).rejects.toThrow(
      /aborted/,
    );
    await expect(directZipkin(url).send(fakeSpans(1), { signal: AbortSignal.timeout(20) })).rejects.toThrow(
      /cannot reach/,
    );
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  it('drops a bad span alone, and tells', async () => {
    await using collector = await startCollector();
    const cycle: Record<string, unknown> = {};
    cycle['itself'] = cycle;
    const bad = [
      fakeSpan({ attributes: { list: [1n] as unknown as number[] } }),
      fakeSpan({ attributes: { cycle: cycle as never } }),
      fakeSpan({ attributes: { toJSON: { toJSON: () => JSON.parse('{') as string } as never } }),
      fakeSpan({ startTime: [Number.NaN, 0] }),
      fakeSpan({ startTime: [1e300, 0] }),
      fakeSpan({ id: 'not hexadecimal!' }),
      {} as ReadableSpan,
      fakeSpan({ attributes: { text: 'x'.repeat(5_000_000) } }),
    ];
    const onDropped = vi.fn<(spans: readonly ReadableSpan[], reason: string) => void>();
    await directZipkin(collector.url).send([...bad, ...fakeSpans(2)], { ...options, onDropped });
    expect(onDropped.mock.calls.map(([[span]]) => span)).toEqual(bad);
    expect(collector.received.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
      [{ id: '0000000000000001' }, { id: '0000000000000002' }],
    ]);
  });

  it('after a 413 sends bodies half as long, now and later', async () => {
    await using collector = await startCollector([{ status: 413 }]);
    const spans = fakeSpans(40).map((span) => ({ ...span, attributes: { text: 'x'.repeat(1000) } }));
    const exporter = directZipkin(collector.url);
    await exporter.send(spans, options);
    await exporter.send(spans, options);
    const counts = collector.received.map(({ body }) => (JSON.parse(body) as unknown[]).length);
    expect(counts).toHaveLength(5);
    expect(counts[0]).toBe(40);
    expect(counts[1]! + counts[2]!).toBe(40);
    expect(counts.slice(3)).toEqual(counts.slice(1, 3));
  });

  it('drops what is refused with 413 again, tells, and goes on with the rest', async () => {
    await using collector = await startCollector([{ status: 413 }, { status: 413 }]);
    const spans = fakeSpans(40).map((span) => ({ ...span, attributes: { text: 'x'.repeat(1000) } }));
    const dropped: number[] = [];
    const sent: number[] = [];
    await directZipkin(collector.url).send(spans, {
      ...options,
      onDropped: ({ length }) => dropped.push(length),
      onSent: ({ length }) => sent.push(length),
    });
    expect([dropped.length, sent.length]).toEqual([1, 1]);
    expect(dropped[0]! + sent[0]!).toBe(40);
  });

  it('does not send again what an earlier request has brought over', async () => {
    await using collector = await startCollector([{ status: 202 }, { status: 503 }]);
    const spans = fakeSpans(6).map((span) => ({ ...span, attributes: { text: 'x'.repeat(1000) } }));
    const processor = new ExportProcessor(directZipkin(collector.url, { maxBodyBytes: 4000 }), {
      backoffMs: 0,
    });
    for (const span of spans) processor.onEnd(span);
    await processor.shutdown();
    const ids = collector.received.map(({ body }) =>
      (JSON.parse(body) as { id: string }[]).map(({ id }) => Number(id)),
    );
    expect(ids).toEqual([
      [1, 2, 3],
      [4, 5, 6],
      [4, 5, 6],
    ]);
    expect(processor.stats()).toMatchObject({ exported: 6, dropped: 0, retried: 1 });
  });

  it.each(['', 'not a url', 'ftp://host/', '9411', 'file:///etc/passwd'])(
    'refuses the URL "%s" at once',
    (url) => {
      expect(() => directZipkin(url)).toThrow(expect.objectContaining({ code: 'DT_ERR_EXPORTER_ARGUMENT' }));
    },
  );

  it('sends nothing for no spans', async () => {
    await using collector = await startCollector();
    await directZipkin(collector.url).send([], options);
    expect(collector.received).toEqual([]);
  });
});
