import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SpanKind } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
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
      /cannot reach/,
    );
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
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
