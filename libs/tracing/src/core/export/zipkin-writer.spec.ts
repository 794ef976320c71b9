import type { Attributes, HrTime, SpanKind } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { encodeSpanV2 } from '@distrace/zipkin';
import { describe, expect, it } from 'vitest';
import { ByteBuffer } from './byte-buffer.js';
import { fakeSpan, fakeSpans } from './fake-span.spec.helper.js';
import { resourceFromAttributes } from './resources.spec.helper.js';
import { toZipkinSpan } from './to-zipkin.js';
import { createZipkinWriter } from './zipkin-writer.js';
import type { ZipkinDefaults } from './to-zipkin.js';
import type { SpanWriter } from './zipkin-writer.js';

/** What a writer makes of a span, or why it cannot. */
function written(write: SpanWriter, span: ReadableSpan): string {
  const buffer = new ByteBuffer();
  buffer.putText('before');
  return outcome(() => {
    write(span, buffer);
    return buffer.view('before'.length, buffer.length).toString();
  });
}

/** The same of the functions that say what is right. */
function longWay(span: ReadableSpan, defaults: ZipkinDefaults = {}): string {
  return outcome(() => Buffer.from(encodeSpanV2(toZipkinSpan(span, defaults))).toString());
}

function outcome(run: () => string): string {
  try {
    return run();
  } catch (error) {
    return String(error);
  }
}

/** The same numbers for the same seed. */
function pickerOf(seed: number) {
  let state = seed;
  const below = (count: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
  return {
    below,
    one: <T>(list: readonly T[]): T => list[below(list.length)]!,
  };
}

type Picker = ReturnType<typeof pickerOf>;

const TEXTS = [
  'GET',
  'tasks',
  '',
  ' ',
  'a"b',
  'a\\b',
  'a\nb',
  '\u0000',
  '\u001f',
  '\u007f',
  'é',
  '漢字',
  '🎉',
  '\ud800',
  '\udc00x',
  '\u2028',
  'a\u2029b',
  'yAnnotations',
  'binaryAnnotations',
  'yAnnotations"',
  'x'.repeat(64),
  'x'.repeat(65),
  'y'.repeat(129),
  '"'.repeat(200),
  'é'.repeat(90),
  'at f (x.ts:1)\n'.repeat(40),
  '127.0.0.1',
  '::1',
  '::ffff:10.0.0.1',
  'db.example.com',
  'open',
  'false',
  '5',
  '__proto__',
];
const VALUES: readonly unknown[] = [
  ...TEXTS,
  0,
  -0,
  1,
  9,
  10,
  80,
  5672,
  999_999_999,
  1e9,
  1e10,
  2 ** 31,
  2 ** 53,
  1e21,
  -1,
  0.5,
  1e-7,
  Number.NaN,
  Infinity,
  -Infinity,
  true,
  false,
  null,
  undefined,
  [],
  ['a', 'b"'],
  [1, 2],
  [null, 'x'],
  [true],
  {},
  { a: 1 },
  5n,
  Symbol('s'),
  [1n],
];
const KEYS = [
  'service.name',
  'network.local.address',
  'network.local.port',
  'distrace.piece',
  'distrace.shared',
  'distrace.flag.x',
  'peer.service',
  'client.address',
  'client.port',
  'network.peer.address',
  'network.peer.port',
  'server.address',
  'server.port',
  'messaging.system',
  'db.system.name',
  'error',
  'error.type',
  'otel.scope.name',
  'otel.dropped_events_count',
  'http.request.method',
  'task.id',
  '__proto__',
  'constructor',
  'toString',
  '0',
  '17',
  '',
  'k"ey',
  'ключ',
  'yAnnotations',
  'binaryAnnotations',
  'x'.repeat(70),
];
const USUAL_KEYS = [
  'http.request.method',
  'task.id',
  'task.bytes',
  'server.address',
  'server.port',
  'peer.service',
];
const IDS = [
  '00000000000000b1',
  'abcdef0123456789',
  '0000000000000000',
  'ABCDEF0123456789',
  '123',
  '',
  'not hexadecimal!',
  'ıııııııııııııııı',
];
const TRACE_IDS = [
  '463ac35c9f6413ad48485a3953bb6124',
  '00000000000000001111111111111111',
  '0'.repeat(32),
  '1',
  'g'.repeat(32),
  'é'.repeat(32),
];
const TIMES: readonly HrTime[] = [
  [1_764_000_000, 1_500],
  [1_764_000_000, 0],
  [1_764_000_001, 999_999_999],
  [1_764_000_001, 999_999_400],
  [1_764_000_002, 1e9],
  [0, 0],
  [0, 12],
  [0, 5e8],
  [1, 0],
  [999_999_999, 5],
  [9_999_999_999, 5],
  [1e10, 0],
  [1.5, 0],
  [-5, 0],
  [1_764_000_000, -5],
  [Number.NaN, 0],
  [1_764_000_000, Number.NaN],
  [1e300, 0],
  [12, 345_678_912],
];
const ORDINARY = { times: TIMES.slice(0, 5), ids: IDS.slice(0, 2), traceIds: TRACE_IDS.slice(0, 1) };

/** Mostly ordinary, so that what is unusual stands alone. */
function randomSpan(pick: Picker): ReadableSpan {
  const odd = <T>(usual: readonly T[], any: readonly T[]): T => pick.one(pick.below(12) === 0 ? any : usual);
  const attributes = (): Attributes =>
    Object.fromEntries(
      Array.from({ length: pick.below(7) }, () => [
        odd(USUAL_KEYS, KEYS),
        odd(['GET', 'x y', 80, true, '10.0.0.1'], VALUES),
      ]),
    ) as Attributes;
  const traceId = odd(ORDINARY.traceIds, TRACE_IDS);
  const spanId = odd(ORDINARY.ids, IDS);
  const parent = odd([undefined, 'feedfeedfeedfeed'], [...IDS, undefined]);
  return {
    ...fakeSpan({
      name: odd(['work', 'POST /tasks'], TEXTS),
      kind: odd<SpanKind>([0, 1, 2, 3, 4], [7, -1, 1.5] as number[] as SpanKind[]),
      startTime: odd(ORDINARY.times, TIMES),
      duration: odd(
        [
          [0, 50_000],
          [3, 7],
        ],
        TIMES,
      ) as HrTime,
      status: { code: odd([0, 1], [2]), message: odd([undefined, ''], TEXTS) },
      attributes: attributes(),
      events:
        odd([0, 0, 0, 1], [2, 3]) === 0
          ? []
          : [
              { name: pick.one(TEXTS), time: odd(ORDINARY.times, TIMES), attributes: attributes() },
              { name: 'e', time: odd(ORDINARY.times, TIMES) },
            ],
      instrumentationScope: { name: odd(['', '@distrace/tracing'], TEXTS) },
      droppedEventsCount: odd([0], [1, Number.NaN]),
      resource: odd(
        [resourceFromAttributes({ 'service.name': 'client', 'network.local.port': 80 })],
        [
          resourceFromAttributes(attributes()),
          { ...resourceFromAttributes({}), asyncAttributesPending: true },
        ],
      ),
      ...(parent === undefined ? {} : { parentSpanContext: { traceId, spanId: parent, traceFlags: 1 } }),
    }),
    spanContext: () => ({ traceId, spanId, traceFlags: 1 }),
  };
}

describe('createZipkinWriter', () => {
  it.each([undefined, { serviceName: 'default', port: 1 }])(
    'writes what the long way writes, or throws what it throws (defaults %j)',
    (endpoint) => {
      const write = createZipkinWriter({ endpoint });
      const pick = pickerOf(7);
      const spans = Array.from({ length: 20_000 }, () => randomSpan(pick));
      expect(spans.map((span) => written(write, span))).toEqual(
        spans.map((span) => longWay(span, { endpoint })),
      );
    },
  );

  it('writes any value in any place as the long way does, the second time too', () => {
    const write = createZipkinWriter();
    const spans = VALUES.flatMap((value) => [
      fakeSpan({ attributes: { a: value as string, again: value as string, a2: 1 } }),
      fakeSpan({ name: value as string }),
      fakeSpan({ status: { code: 2, message: value as string } }),
      fakeSpan({ events: [{ name: value as string, time: [1, 0] }] }),
      fakeSpan({ instrumentationScope: { name: value as string } }),
    ]);
    const expected = spans.map((span) => longWay(span));
    expect(spans.map((span) => written(write, span))).toEqual(expected);
    expect(spans.map((span) => written(write, span))).toEqual(expected);
  });

  it('keeps up with endpoints that change from span to span', () => {
    const write = createZipkinWriter();
    const of = (attributes: Attributes, kind: number) => fakeSpan({ kind, attributes });
    const spans = [
      of({ 'client.address': '10.0.0.7', 'network.peer.port': 1 }, 1),
      of({ 'client.address': '10.0.0.7', 'network.peer.port': 2 }, 1),
      of({ 'client.address': 'unknown', 'network.peer.address': '10.0.0.8', 'network.peer.port': 3 }, 1),
      of({ 'client.address': 'unknown', 'network.peer.address': '10.0.0.8', 'network.peer.port': 4 }, 1),
      of({ 'client.address': '10.0.0.9', 'client.port': 5 }, 1),
      of({ 'client.address': '10.0.0.9', 'client.port': 6 }, 1),
      of({ 'messaging.system': 'rabbitmq', 'server.port': 5672 }, 3),
      of({ 'messaging.system': 'kafka', 'server.port': 5672 }, 3),
      of({ 'db.system.name': 'sqlite' }, 2),
      of({}, 2),
      { ...of({}, 2), resource: resourceFromAttributes({ 'service.name': 'another' }) },
    ];
    for (const span of spans) expect(written(write, span)).toBe(longWay(span));
  });

  it('stays right when names, keys and values are without number', () => {
    const write = createZipkinWriter();
    for (let i = 0; i < 2000; i++) {
      const attributes = { [`key ${i}`]: `value ${i}`, same: `value ${i}`, number: i * 1e6 };
      const span = fakeSpan({ name: `GET /tasks/${i}`, attributes });
      expect(written(write, span)).toBe(longWay(span));
    }
  });

  it('does not take for its own what a prototype has', () => {
    const write = createZipkinWriter();
    const attributes = Object.create(
      { inherited: 'x' },
      { own: { value: 'y', enumerable: true } },
    ) as Attributes;
    expect(written(write, fakeSpan({ attributes }))).toContain('"tags":{"own":"y"}');
  });

  it('goes on where the buffer ends, also beyond what it had room for', () => {
    const write = createZipkinWriter();
    const buffer = new ByteBuffer();
    const spans = fakeSpans(300).map((span) => ({ ...span, attributes: { text: 'é'.repeat(1000) } }));
    for (const span of spans) write(span, buffer);
    expect(buffer.view(0, buffer.length).toString()).toBe(
      spans.map((span) => encodeSpanV2(toZipkinSpan(span))).join(''),
    );
  });
});
