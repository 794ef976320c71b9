import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { startViewer, type TestViewer } from '../testing.js';

const NOW = 1_700_000_000_000;
const spans = (count: number, more: object = {}) =>
  Array.from({ length: count }, (_, at) => ({
    traceId: (at + 1).toString(16),
    id: '1',
    name: `Span ${at}`,
    timestamp: (NOW - 1000 - at) * 1000,
    duration: 10,
    localEndpoint: { serviceName: `Service${at}` },
    ...more,
  }));

async function withSpans(list: readonly object[], options = {}): Promise<TestViewer> {
  const viewer = await startViewer({ now: () => NOW, ...options });
  expect((await viewer.post('/api/v2/spans', JSON.stringify(list))).status).toBe(202);
  return viewer;
}

const CACHED = 'max-age=300, must-revalidate';

describe('the read API of Zipkin', () => {
  it.each(['/api/v2', '/zipkin/api/v2'])('answers below %s', async (base) => {
    const viewer = await withSpans(
      spans(2, { remoteEndpoint: { serviceName: 'DB' }, tags: { env: 'prod' } }),
      {
        autocompleteKeys: ['zone', 'env'],
      },
    );
    const text = async (path: string) => (await viewer.get(base + path)).text;
    expect(await text('/services')).toBe('["service0","service1"]');
    expect(await text('/spans?serviceName=SERVICE1')).toBe('["span 1"]');
    expect(await text('/remoteServices?serviceName=service0')).toBe('["db"]');
    expect(await text('/autocompleteKeys')).toBe('["env","zone"]');
    expect(await text('/autocompleteValues?key=env')).toBe('["prod"]');
    expect(await text('/traces?serviceName=service1')).toMatch(/^\[\[\{"traceId":"0000000000000002",/);
    expect(await text('/trace/1')).toMatch(/^\[\{"traceId":"0000000000000001",/);
    expect(await text('/traceMany?traceIds=1,2')).toMatch(/^\[\[\{.*\}\],\[\{.*\}\]\]$/);
    expect(JSON.parse(await text(`/dependencies?endTs=${NOW}`))).toEqual([
      { parent: 'service0', child: 'db', callCount: 1 },
      { parent: 'service1', child: 'db', callCount: 1 },
    ]);
  });

  it('answers in JSON without a charset, as Zipkin does', async () => {
    const viewer = await withSpans(spans(1));
    for (const path of ['/services', '/traces', '/trace/1', '/spans?serviceName=x']) {
      expect((await viewer.get(`/api/v2${path}`)).headers['content-type']).toBe('application/json');
    }
  });

  it('lets names be cached once there are more than three', async () => {
    const few = await withSpans(spans(3));
    expect((await few.get('/api/v2/services')).headers['cache-control']).toBeUndefined();
    const many = await withSpans(spans(4));
    for (const path of ['/services', '/spans?serviceName=service0', '/remoteServices?serviceName=service0']) {
      expect((await many.get(`/api/v2${path}`)).headers['cache-control']).toBe(CACHED);
    }
    expect((await few.get('/api/v2/autocompleteKeys')).headers['cache-control']).toBe(CACHED);
  });

  it('knows nothing of nobody', async () => {
    const viewer = await startViewer();
    for (const path of [
      '/services',
      '/spans?serviceName=x',
      '/spans?serviceName=',
      '/remoteServices?serviceName=x',
      '/traces',
      '/autocompleteValues?key=x',
      '/traceMany?traceIds=1,2',
      '/dependencies?endTs=5',
    ]) {
      expect(await viewer.get(`/api/v2${path}`)).toMatchObject({ status: 200, text: '[]' });
    }
  });

  it('says 404 and the whole id for a trace that is not there', async () => {
    const viewer = await startViewer();
    for (const path of ['/api/v2/trace/abc', '/api/v2/trace/abc%20']) {
      const { status, text, headers } = await viewer.get(path);
      expect([status, text, headers['content-type']]).toEqual([
        404,
        '0000000000000abc not found',
        'text/plain; charset=utf-8',
      ]);
    }
  });

  it('finds a trace by the id that it was sent with, and by the one that an answer gives', async () => {
    const sent = '000000000001e9990000';
    const given = sent.padStart(32, '0');
    const viewer = await withSpans([{ traceId: sent, id: '1' }]);
    const [span] = JSON.parse((await viewer.get(`/api/v2/trace/${sent}`)).text) as { traceId: string }[];
    expect(span!.traceId).toBe(given);
    expect(await viewer.get(`/api/v2/trace/${given}`)).toMatchObject({ status: 200 });
    expect((await viewer.get(`/api/v2/trace/${sent.slice(4)}`)).text).toBe('00000001e9990000 not found');
    expect(JSON.parse((await viewer.get(`/api/v2/traceMany?traceIds=${given},a`)).text)).toHaveLength(1);
  });

  it('says what to do about a parameter that is missing', async () => {
    const { text } = await (await startViewer()).get('/api/v2/dependencies');
    expect(text).toContain('The parameter endTs must be given, got none. Add endTs=… to the query.');
  });

  it('tells traces apart by all digits, unless told otherwise', async () => {
    const [long, short] = ['7180c278b62e8f6a216a2aea45d08fc9', '216a2aea45d08fc9'];
    const both = [
      { traceId: long, id: '1' },
      { traceId: short, id: '2' },
    ];
    const count = async (viewer: TestViewer, id: string) =>
      (JSON.parse((await viewer.get(`/api/v2/trace/${id}`)).text) as unknown[]).length;
    const strict = await withSpans(both);
    expect([await count(strict, long), await count(strict, short)]).toEqual([1, 1]);
    const lenient = await withSpans(both, { strictTraceId: false });
    expect([await count(lenient, long), await count(lenient, short)]).toEqual([2, 2]);
    expect(JSON.parse((await lenient.get(`/api/v2/traceMany?traceIds=${long},${short}`)).text)).toHaveLength(
      1,
    );
  });

  it.each([
    ['/spans', 'serviceName must be given'],
    ['/remoteServices', 'serviceName must be given'],
    ['/autocompleteValues', 'key must be given'],
    ['/autocompleteValues?key=', 'key must not be empty'],
    ['/trace/xyz', 'must be 1 to 32 lower-hex characters that are not all zeros, got "xyz"'],
    ['/trace/ABC', 'got "ABC"'],
    ['/trace/37f97c88-e5e9-11f1-9234-0242ac120002', 'lower-hex'],
    ['/trace/0', 'not all zeros'],
    ['/trace/%E0%A4%A', 'DT_ERR_VIEWER_PATH'],
    ['/traceMany', 'traceIds must be given'],
    ['/traceMany?traceIds=', 'two ids or more'],
    ['/traceMany?traceIds=1', 'two ids or more'],
    ['/traceMany?traceIds=1,01', 'must name an id once'],
    ['/traceMany?traceIds=1,x', 'lower-hex'],
    [`/traceMany?traceIds=${'1,'.repeat(1000)}1`, 'at most 1000 ids'],
    ['/traces?limit=0', 'limit must be a whole number'],
    ['/traces?maxDuration=1', 'maxDuration needs minDuration'],
    ['/traces?endTs=x', 'endTs must be a whole number'],
    ['/dependencies', 'endTs must be given'],
    ['/dependencies?endTs=0', 'endTs must be a whole number from 1'],
    ['/dependencies?endTs=1&lookback=-5', 'lookback'],
  ])('refuses %.60s with the rule', async (path, message) => {
    const viewer = await startViewer();
    const { status, text, headers } = await viewer.get(`/api/v2${path}`);
    expect([status, headers['content-type']]).toEqual([400, 'text/plain; charset=utf-8']);
    expect(text).toContain(message);
  });

  it('packs long answers for whoever takes that', async () => {
    const viewer = await withSpans(spans(1, { tags: { stack: 'at Foo.bar\n'.repeat(5000) } }));
    const plain = await viewer.get('/api/v2/trace/1');
    expect(plain.headers).toMatchObject({
      vary: 'Accept-Encoding',
      'content-length': String(plain.bytes.length),
    });
    const packed = await viewer.get('/api/v2/trace/1', { 'accept-encoding': 'br, gzip;q=0.8' });
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    expect(gunzipSync(packed.bytes).equals(plain.bytes)).toBe(true);
    const refused = await viewer.get('/api/v2/trace/1', { 'accept-encoding': 'gzip;q=0' });
    expect(refused.headers['content-encoding']).toBeUndefined();
  });

  it('sends a list of any length, whole', async () => {
    const stack = 'at Foo.bar '.repeat(9000);
    const viewer = await withSpans(spans(40, { tags: { stack } }));
    const answer = await viewer.get('/api/v2/traces?limit=40');
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'transfer-encoding': 'chunked',
    });
    const traces = JSON.parse(answer.text) as { traceId: string; tags: { stack: string } }[][];
    expect(traces.map(([first]) => first?.traceId)).toEqual(
      Array.from({ length: 40 }, (_, at) => (at + 1).toString(16).padStart(16, '0')),
    );
    expect(traces.every(([first]) => first?.tags.stack === stack)).toBe(true);
  });

  it('answers HEAD with the headers alone', async () => {
    const viewer = await withSpans(spans(1));
    const { status, text, headers } = await viewer.ask('HEAD', '/api/v2/trace/1');
    expect([status, text]).toEqual([200, '']);
    expect(Number(headers['content-length'])).toBeGreaterThan(100);
  });

  it.each([
    ['GET', '/api/v2/nothing'],
    ['GET', '/api/v3/traces'],
    ['GET', '/api/v2/trace/'],
    ['GET', '/zipkin/api/v2/nothing'],
    ['POST', '/api/v2/traces'],
    ['DELETE', '/api/v2/trace/1'],
    ['GET', '/api/v1/spans'],
  ])('says that nothing answers %s %s', async (method, path) => {
    const viewer = await startViewer();
    const { status, text } = await viewer.ask(method, path);
    expect(status).toBe(404);
    expect(text).toContain('DT_ERR_VIEWER_PATH');
  });
});
