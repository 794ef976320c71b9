import type { Ask } from './talk.ts';

/** A moment that the requests name themselves, so that both servers look at the same window. */
const T = Date.UTC(2026, 0, 15, 12) * 1000;
const END_TS = T / 1000 + 60_000;
const WINDOW = `endTs=${END_TS}&lookback=3600000`;

const FRONT = { serviceName: 'Front', ipv4: '10.1.0.1', port: 8080 };
const BACK = { serviceName: 'back', ipv4: '10.1.0.2' };
const STORE = { serviceName: 'store', ipv6: '2001:db8::1' };
const A = 'c0ffee0000000001aaaaaaaaaaaaaaa1';
const B = 'bbbbbbbbbbbbbbb1';
const C = 'c0ffee0000000001ccccccccccccccc1';

/** Three traces: a request with an error in its third service, a message, and one span without a service. */
export const SPANS = JSON.stringify([
  {
    traceId: A,
    id: 'a1',
    kind: 'SERVER',
    name: 'GET /Things',
    timestamp: T,
    duration: 90_000,
    localEndpoint: FRONT,
    tags: { 'http.method': 'GET', environment: 'test' },
    annotations: [{ timestamp: T + 10, value: 'cache miss' }],
  },
  {
    traceId: A,
    parentId: 'a1',
    id: 'a2',
    kind: 'CLIENT',
    name: 'call',
    timestamp: T + 1000,
    duration: 70_000,
    localEndpoint: FRONT,
    remoteEndpoint: BACK,
  },
  {
    traceId: A,
    parentId: 'a1',
    id: 'a2',
    kind: 'SERVER',
    shared: true,
    name: 'answer',
    timestamp: T + 2000,
    duration: 60_000,
    localEndpoint: BACK,
    remoteEndpoint: FRONT,
  },
  {
    traceId: A,
    parentId: 'a2',
    id: 'a3',
    kind: 'CLIENT',
    name: 'Query',
    timestamp: T + 3000,
    duration: 1500,
    localEndpoint: BACK,
    remoteEndpoint: STORE,
    tags: { error: 'timeout', 'a=b': 'c and d', 'http.method': 'POST' },
  },
  {
    traceId: B,
    id: 'b1',
    kind: 'PRODUCER',
    name: 'send',
    timestamp: T + 5_000_000,
    duration: 300,
    localEndpoint: BACK,
    remoteEndpoint: { serviceName: 'rabbitmq' },
    tags: { environment: 'prod' },
  },
  {
    traceId: B,
    parentId: 'b1',
    id: 'b2',
    kind: 'CONSUMER',
    name: 'process',
    timestamp: T + 5_000_500,
    duration: 3_000_000,
    localEndpoint: { serviceName: 'worker' },
    remoteEndpoint: { serviceName: 'rabbitmq' },
    annotations: [{ timestamp: T + 5_000_600, value: 'error' }],
  },
  { traceId: C, id: 'c1', name: 'alone', timestamp: T + 9_000_000, debug: true },
]);

/** Trace ids that are there once {@link SPANS} are stored. */
export const TRACE_IDS = [A, B, C] as const;

const traces = (query: string): Ask => ({ path: `/api/v2/traces?${WINDOW}&${query}` });
const get = (path: string): Ask => ({ path });

/** Every read of Zipkin's API, right and wrong, by what it is about. */
export const READS: Readonly<Record<string, readonly Ask[]>> = {
  'names of services': [get('/api/v2/services'), get('/zipkin/api/v2/services')],
  'names of spans': [
    get('/api/v2/spans?serviceName=front'),
    get('/api/v2/spans?serviceName=FRONT'),
    get('/api/v2/spans?serviceName=nobody'),
    get('/api/v2/spans?serviceName='),
    get('/api/v2/spans'),
  ],
  'names of remote services': [
    get('/api/v2/remoteServices?serviceName=back'),
    get('/api/v2/remoteServices?serviceName=nobody'),
    get('/api/v2/remoteServices'),
  ],
  'keys and values to complete': [
    get('/api/v2/autocompleteKeys'),
    get('/api/v2/autocompleteValues?key=environment'),
    get('/api/v2/autocompleteValues?key=http.method'),
    get('/api/v2/autocompleteValues?key=unknown'),
    get('/api/v2/autocompleteValues'),
  ],
  'one trace': [
    get(`/api/v2/trace/${A}`),
    get(`/zipkin/api/v2/trace/${A}`),
    get(`/api/v2/trace/${B}`),
    get(`/api/v2/trace/0000000000000000${B}`),
    get(`/api/v2/trace/${A.slice(16)}`),
    get(`/api/v2/trace/${A}%20`),
    get('/api/v2/trace/1'),
    get('/api/v2/trace/xyz'),
    get('/api/v2/trace/ABC'),
    get('/api/v2/trace/0'),
    get('/api/v2/trace/123456789012345678901234567890123'),
    get('/api/v2/trace/12345678901234567'),
  ],
  'several traces': [
    get(`/api/v2/traceMany?traceIds=${A},${B}`),
    get(`/api/v2/traceMany?traceIds=${B},00000000000000001`),
    get(`/api/v2/traceMany?traceIds=1,2`),
    get(`/api/v2/traceMany?traceIds=${A}`),
    get(`/api/v2/traceMany?traceIds=${A},${A}`),
    get(`/api/v2/traceMany?traceIds=${A},xyz`),
    get('/api/v2/traceMany?traceIds='),
    get('/api/v2/traceMany'),
  ],
  'search by time': [
    traces(''),
    traces('limit=1'),
    traces('limit=2'),
    get(`/api/v2/traces?endTs=${T / 1000 + 1000}&lookback=3600000`),
    get(`/api/v2/traces?endTs=${T / 1000 - 1}&lookback=3600000`),
    get(`/api/v2/traces?endTs=${T / 1000 + 6000}&lookback=2000`),
    get(`/api/v2/traces?endTs=${END_TS}`),
  ],
  'search by name': [
    traces('serviceName=front'),
    traces('serviceName=FRONT'),
    traces('serviceName=store'),
    traces('serviceName=nobody'),
    traces('serviceName=all'),
    traces('spanName=query'),
    traces('spanName=all'),
    traces('serviceName=front&spanName=query'),
    traces('serviceName=back&spanName=QUERY'),
    traces('remoteServiceName=store'),
    traces('serviceName=front&remoteServiceName=store'),
    traces('serviceName=back&remoteServiceName=rabbitmq'),
  ],
  'search by tag and annotation': [
    traces('annotationQuery=error'),
    traces('annotationQuery=error%3Dtimeout'),
    traces('annotationQuery=cache%20miss'),
    traces('annotationQuery=http.method%3DGET%20and%20environment%3Dtest'),
    traces('annotationQuery=http.method%3DGET%20and%20error'),
    traces('annotationQuery=http.method%3DDELETE'),
    traces('annotationQuery=environment'),
    traces('serviceName=worker&annotationQuery=error'),
    traces('serviceName=front&annotationQuery=error'),
    traces('annotationQuery='),
  ],
  'search by duration': [
    traces('minDuration=80000'),
    traces('minDuration=1000&maxDuration=2000'),
    traces('serviceName=front&minDuration=80000'),
    traces('serviceName=worker&minDuration=80000&maxDuration=4000000'),
  ],
  'wrong searches': [
    traces('limit=0'),
    traces('limit=-1'),
    traces('limit=x'),
    traces('minDuration=x'),
    traces('minDuration=0'),
    traces('maxDuration=5'),
    traces('minDuration=10&maxDuration=5'),
    get('/api/v2/traces?endTs=x'),
    get('/api/v2/traces?endTs=0'),
    get(`/api/v2/traces?endTs=${END_TS}&lookback=0`),
    get(`/api/v2/traces?endTs=${END_TS}&lookback=x`),
  ],
  'who calls whom': [
    get(`/api/v2/dependencies?${WINDOW}`),
    get(`/api/v2/dependencies?endTs=${END_TS}`),
    get(`/api/v2/dependencies?endTs=${T / 1000 - 100_000}&lookback=1000`),
    get('/api/v2/dependencies'),
    get('/api/v2/dependencies?endTs=x'),
    get('/api/v2/dependencies?endTs=0'),
  ],
  'places that are none': [get('/api/v2/nothing'), get('/api/v3/traces'), get('/api/v2/trace/')],
};

const post = (path: string, body: string, headers: Record<string, string> = {}): Ask => ({
  path,
  body,
  headers,
});
const one = (more: object) => JSON.stringify([{ traceId: 'd1', id: 'd1', ...more }]);

/** Writes that are refused, or that store nothing. */
export const REFUSED_WRITES: readonly Ask[] = [
  post('/api/v2/spans', ''),
  post('/api/v2/spans', '[]'),
  post('/api/v2/spans', ' []'),
  post('/api/v2/spans', '{}'),
  post('/api/v2/spans', 'nonsense'),
  post('/api/v2/spans', '[{]'),
  post('/api/v2/spans', '[{"traceId":"1"'),
  post('/api/v2/spans', '[1]'),
  post('/api/v2/spans', '[null]'),
  post('/api/v2/spans', '[{}]'),
  post('/api/v2/spans', JSON.stringify([{ traceId: 'd1' }])),
  post('/api/v2/spans', JSON.stringify([{ id: 'd1' }])),
  post('/api/v2/spans', one({ kind: 'OTHER' })),
  post('/api/v2/spans', one({ tags: { a: true } })),
  post('/api/v2/spans', one({ tags: 'x' })),
  post('/api/v2/spans', one({ annotations: [{ timestamp: 1 }] })),
  post('/api/v2/spans', one({ timestamp: 'soon' })),
  post('/api/v2/spans', one({ localEndpoint: 'here' })),
  post('/api/v2/spans', one({ localEndpoint: { port: 99_999 } })),
  post(
    '/api/v2/spans',
    JSON.stringify([
      { traceId: 'd1', id: 'd1' },
      { traceId: 'zz', id: '1' },
    ]),
  ),
  post('/api/v2/spans', one({ binaryAnnotations: [] })),
  post('/api/v1/spans', ''),
  post('/api/v1/spans', '[]'),
  post('/api/v1/spans', '{}'),
  post('/api/v1/spans', one({ name: 'x', tags: { a: 'b' } })),
  post('/api/v1/spans', one({ name: 'x', localEndpoint: { serviceName: 'a' } })),
  post('/api/v1/spans', JSON.stringify([{ id: 'd1', name: 'x' }])),
  post('/api/v2/spans', 'not gzip', { 'content-encoding': 'gzip' }),
];
