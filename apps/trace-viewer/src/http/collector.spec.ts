import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { startViewer } from '../testing.js';

const SPAN = {
  traceId: 'a',
  id: 'b',
  name: 'GET',
  timestamp: 1000,
  localEndpoint: { serviceName: 'Client' },
};
const STORED =
  '[{"traceId":"000000000000000a","id":"000000000000000b","name":"get","timestamp":1000,"localEndpoint":{"serviceName":"client"}}]';
const list = (...spans: readonly object[]): string => JSON.stringify(spans);
const V1 = {
  traceId: 'c',
  id: 'd',
  name: 'x',
  annotations: [{ timestamp: 5, value: 'sr', endpoint: { serviceName: 'executor' } }],
};

describe('POST of spans', () => {
  it('takes v2, with an empty answer', async () => {
    const viewer = await startViewer();
    const { status, text, headers } = await viewer.post('/api/v2/spans', list(SPAN));
    expect([status, text, headers['content-type']]).toEqual([202, '', undefined]);
    expect((await viewer.get('/api/v2/trace/a')).text).toBe(STORED);
  });

  it.each(['', 'text/plain', 'application/json; charset=utf-8', 'application/x-www-form-urlencoded'])(
    'takes any content type but the binary ones: %j',
    async (type) => {
      const viewer = await startViewer();
      const headers = type === '' ? {} : { 'content-type': type };
      expect(await viewer.post('/api/v2/spans', list(SPAN), headers)).toMatchObject({ status: 202 });
    },
  );

  it('takes v1', async () => {
    const viewer = await startViewer();
    expect(await viewer.post('/api/v1/spans', list(V1))).toMatchObject({ status: 202, text: '' });
    expect(JSON.parse((await viewer.get('/api/v2/trace/c')).text)).toMatchObject([
      { kind: 'SERVER', shared: true },
    ]);
  });

  it('takes OTLP as JSON', async () => {
    const viewer = await startViewer();
    const traceId = '5b8efff798038103d269b633813fc60c';
    const span = {
      traceId,
      spanId: 'eee19b7ec3c1b174',
      name: 'Op',
      startTimeUnixNano: '1544712660000000000',
    };
    const service = { key: 'service.name', value: { stringValue: 'shop' } };
    const body = {
      resourceSpans: [{ resource: { attributes: [service] }, scopeSpans: [{ spans: [span] }] }],
    };
    const answer = await viewer.post('/v1/traces', JSON.stringify(body), {
      'content-type': 'application/json',
    });
    expect(answer).toMatchObject({ status: 200, text: '{"partialSuccess":{}}' });
    expect(JSON.parse((await viewer.get(`/api/v2/trace/${traceId}`)).text)).toMatchObject([
      { name: 'op', timestamp: 1544712660000000, localEndpoint: { serviceName: 'shop' } },
    ]);
  });

  it.each(['gzip', 'x-gzip', 'GZIP'])('unpacks %s', async (encoding) => {
    const viewer = await startViewer();
    const headers = { 'content-encoding': encoding };
    expect(await viewer.post('/api/v2/spans', gzipSync(list(SPAN)), headers)).toMatchObject({ status: 202 });
    expect((await viewer.get('/api/v2/trace/a')).text).toBe(STORED);
  });

  it.each([
    ['/api/v2/spans', ''],
    ['/api/v2/spans', '[]'],
    ['/api/v1/spans', ''],
    ['/api/v1/spans', '[]'],
  ])('takes nothing for nothing: %s %j', async (path, body) => {
    const viewer = await startViewer();
    expect(await viewer.post(path, body)).toMatchObject({ status: 202, text: '' });
    expect(await viewer.post(path, body, { 'content-encoding': 'gzip' })).toMatchObject({
      status: body === '' ? 202 : 400,
    });
  });

  it.each([
    ['/api/v2/spans', '{}', 'DT_ERR_SPANS_FORMAT'],
    ['/api/v2/spans', '[', 'DT_ERR_SPANS_JSON'],
    ['/api/v2/spans', '[{"traceId":"1"', 'DT_ERR_SPANS_JSON'],
    ['/api/v2/spans', ` ${list(SPAN)}`, 'DT_ERR_VIEWER_BODY_START'],
    ['/api/v2/spans', `\uFEFF${list(SPAN)}`, 'DT_ERR_VIEWER_BODY_START'],
    ['/api/v2/spans', list(SPAN, { traceId: 'a', id: 'x' }), 'DT_ERR_SPANS_VALUE: Span 1: "id"'],
    ['/api/v2/spans', list(SPAN, { ...SPAN, tags: { k: true } }), 'Span 1'],
    ['/api/v2/spans', list({ ...V1, binaryAnnotations: [] }), 'DT_ERR_SPANS_FORMAT: Span 0'],
    ['/api/v1/spans', list(SPAN), 'DT_ERR_SPANS_FORMAT: Span 0'],
    ['/api/v1/spans', 'null', 'DT_ERR_SPANS_FORMAT'],
    ['/v1/traces', list(SPAN), 'DT_ERR_SPANS_FORMAT'],
    ['/v1/traces', '{"resourceSpans":5}', 'DT_ERR_SPANS_VALUE'],
    ['/api/v2/spans', '['.repeat(100_000), 'DT_ERR_SPANS'],
  ])('refuses %s %.40s with where and what, and stores nothing of it', async (path, body, message) => {
    const viewer = await startViewer();
    const { status, text } = await viewer.post(path, body);
    expect(status).toBe(message === 'DT_ERR_SPANS' ? 413 : 400);
    expect(text).toContain(message);
    expect(viewer.viewer.store.stats.spans).toBe(0);
    expect(viewer.viewer.metrics.for('http')).toMatchObject({ messages: 1, messagesDropped: 1, spans: 0 });
  });

  it.each([
    ['/api/v2/spans', '{"resourceSpans":[]}', 'got an OTLP request; send it to POST /v1/traces'],
    ['/api/v1/spans', '{"resourceSpans":[]}', 'got an OTLP request; send it to POST /v1/traces'],
    ['/v1/traces', list(SPAN), 'send Zipkin spans to POST /api/v2/spans'],
  ])('says where spans belong that are sent to %s', async (path, body, message) => {
    const viewer = await startViewer();
    expect((await viewer.post(path, body)).text).toContain(message);
  });

  it('refuses a resource whose name is in each of many spans, and goes on', async () => {
    const viewer = await startViewer();
    const service = { key: 'service.name', value: { stringValue: 'x'.repeat(2_500_000) } };
    const spans = Array.from({ length: 30_000 }, (_, at) => ({
      traceId: '1'.repeat(32),
      spanId: (at + 1).toString(16).padStart(16, '0'),
    }));
    const body = gzipSync(
      JSON.stringify({ resourceSpans: [{ resource: { attributes: [service] }, scopeSpans: [{ spans }] }] }),
    );
    const answer = await viewer.post('/v1/traces', body, { 'content-encoding': 'gzip' });
    expect(answer).toMatchObject({ status: 413 });
    expect(answer.text).toContain('DT_ERR_SPANS_LIMIT');
    expect(await viewer.post('/api/v2/spans', list(SPAN))).toMatchObject({ status: 202 });
  });

  it('says what is wrong of OTLP in JSON', async () => {
    const viewer = await startViewer();
    const { headers, text } = await viewer.post('/v1/traces', 'x');
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(text)).toMatchObject({ statusCode: 400, code: 'DT_ERR_SPANS_JSON' });
  });

  it.each([
    ['/v1/traces', 'application/x-protobuf'],
    ['/api/v2/spans', 'application/x-protobuf'],
    ['/api/v1/spans', 'application/x-thrift'],
  ])('says that %s takes JSON, not %s', async (path, type) => {
    const viewer = await startViewer();
    const { status, text } = await viewer.post(path, Buffer.from([10, 5, 0]), { 'content-type': type });
    expect(status).toBe(415);
    expect(text).toContain('Spans come as JSON here');
  });

  it('refuses another packing, and what is not packed as it says', async () => {
    const viewer = await startViewer();
    expect(await viewer.post('/api/v2/spans', list(SPAN), { 'content-encoding': 'br' })).toMatchObject({
      status: 415,
      headers: { 'accept-encoding': 'gzip' },
    });
    const plain = await viewer.post('/api/v2/spans', list(SPAN), { 'content-encoding': 'gzip' });
    expect(plain).toMatchObject({ status: 400 });
    expect(plain.text).toContain('DT_ERR_VIEWER_BODY_GZIP');
    const cut = gzipSync(list(SPAN)).subarray(0, -10);
    expect(await viewer.post('/api/v2/spans', cut, { 'content-encoding': 'gzip' })).toMatchObject({
      status: 400,
    });
  });

  it('refuses a body that is too large, by its length, as it comes, or unpacked', async () => {
    const viewer = await startViewer({ maxBodyBytes: 1000 });
    const large = list({ ...SPAN, tags: { k: 'x'.repeat(2000) } });
    expect(await viewer.post('/api/v2/spans', large)).toMatchObject({ status: 413 });
    const chunked = { 'transfer-encoding': 'chunked' };
    expect(await viewer.post('/api/v2/spans', large, chunked)).toMatchObject({ status: 413 });
    const huge = Buffer.alloc(20_000_000, 0x20);
    expect(await viewer.post('/api/v2/spans', huge)).toMatchObject({ status: 413 });
    expect(await viewer.post('/api/v2/spans', huge, chunked)).toMatchObject({ status: 413 });
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const small = await startViewer({ maxBodyBytes: 100_000 });
    expect(bomb.length).toBeLessThan(100_000);
    const answer = await small.post('/api/v2/spans', bomb, { 'content-encoding': 'gzip' });
    expect(answer).toMatchObject({ status: 413 });
    expect(answer.text).toContain('A body must have at most 100000 bytes, unpacked');
    expect(viewer.viewer.store.stats.spans + small.viewer.store.stats.spans).toBe(0);
  });

  it('takes 5 MiB by default, in slices, and says where in them a span is bad', async () => {
    const viewer = await startViewer();
    const spans = Array.from({ length: 5000 }, (_, at) => ({
      ...SPAN,
      id: (at + 1).toString(16),
      tags: { k: 'x'.repeat(900) },
    }));
    expect(await viewer.post('/api/v2/spans', list(...spans))).toMatchObject({ status: 202 });
    expect(viewer.viewer.store.stats.spans).toBe(5000);
    const bad = spans.map((span, at) =>
      at === 4321 ? { ...span, traceId: 'b', id: 'z' } : { ...span, traceId: 'b' },
    );
    const answer = await viewer.post('/api/v2/spans', list(...bad));
    expect(answer).toMatchObject({ status: 400 });
    expect(answer.text).toContain('Span 4321: "id"');
    expect(viewer.viewer.store.stats.spans).toBe(5000);
  });

  it('survives a sender that goes away in the middle', async () => {
    const viewer = await startViewer();
    const { port } = new URL(viewer.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write('POST /api/v2/spans HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n[{');
        setImmediate(() => socket.destroy());
      });
      socket.on('close', () => resolve());
    });
    expect(await viewer.post('/api/v2/spans', list(SPAN))).toMatchObject({ status: 202 });
    expect(viewer.warnings).toEqual([]);
  });
});
