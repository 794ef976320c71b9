import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { decodeSpans, encodeV2 } from '@distrace/zipkin';
import { expect, it } from 'vitest';
import { startCollector } from './fake-collector.spec.helper.js';
import { fakeSpan } from './fake-span.spec.helper.js';
import { otlp } from './otlp-exporter.js';
import { resourceFromAttributes } from './resources.spec.helper.js';
import { toZipkinSpan } from './to-zipkin.js';

const context = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
const spans: [name: string, span: ReadableSpan][] = [
  ['local work', fakeSpan()],
  [
    'a child in capitals',
    fakeSpan({ name: 'POST /Tasks', parentSpanContext: { ...context, isRemote: true } }),
  ],
  [
    'attributes of all types',
    fakeSpan({
      attributes: {
        text: 'a',
        whole: 5,
        part: 1.5,
        huge: 2 ** 60,
        below: -7,
        truth: false,
        list: ['x', 'y'],
        numbers: [1, 2.5],
        empty: [],
        nothing: undefined,
        error: 'false',
      },
    }),
  ],
  ...[SpanKind.CLIENT, SpanKind.SERVER, SpanKind.PRODUCER, SpanKind.CONSUMER].map(
    (kind): [string, ReadableSpan] => [
      `kind ${SpanKind[kind]}`,
      fakeSpan({
        kind,
        attributes: {
          'messaging.system': 'rabbitmq',
          'server.address': 'mq.local',
          'server.port': 5672,
          'client.address': '::ffff:10.0.0.7',
          'client.port': 9,
        },
      }),
    ],
  ),
  [
    'endpoints',
    fakeSpan({
      kind: SpanKind.CLIENT,
      resource: resourceFromAttributes({ 'service.name': 'Client', 'network.local.address': '2001:DB8::1' }),
      attributes: { 'network.local.port': 80, 'peer.service': 'Auth', 'network.peer.address': '10.0.0.9' },
    }),
  ],
  [
    'a failure',
    fakeSpan({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'error.type': 'TypeError', error: 'mine' },
      events: [
        { name: 'exception', time: [2, 1_500], attributes: { 'exception.type': 'Error', codes: [1, 2] } },
        { name: 'seen', time: [1, 0] },
      ],
    }),
  ],
  [
    'links, a scope and what was dropped',
    fakeSpan({
      links: Array.from({ length: 20 }, () => ({ context })),
      instrumentationScope: { name: 'http', version: '1.2.3' },
      droppedAttributesCount: 2,
      droppedEventsCount: 3,
      droppedLinksCount: 1,
    }),
  ],
];

it.each(spans)('makes the same Zipkin span by OTLP and by itself: %s', async (_, span) => {
  await using collector = await startCollector([{ status: 200 }]);
  const exporter = otlp(collector.url);
  await exporter.send([span], { signal: new AbortController().signal });
  await exporter.shutdown();
  const byOtlp = decodeSpans(collector.received[0]!.body);
  expect(byOtlp).toEqual(decodeSpans(encodeV2([toZipkinSpan(span)])));
  expect(byOtlp).toHaveLength(1);
});
