import { TraceContext } from '@distrace/tracing';
import { createTracingHarness } from '@distrace/tracing/testing';
import { mergeSpans } from '@distrace/zipkin';
import type { Span } from '@distrace/zipkin';
import { SpanKind } from '@opentelemetry/api';
import { expect, it } from 'vitest';
import { startCollector } from './collector.ts';
import type { Collector } from './collector.ts';
import { askFarService } from './far.ts';

const ENDPOINT = { ip: '192.168.1.2', port: 9411 };
const IN_JSON = { serviceName: 'example', ipv4: '192.168.1.2', port: 9411 };

/** The span that the thesis' chapter shows as JSON, with one below it, sent to the collector. */
async function sendExample(collector: Collector, encoding: 'v1' | 'v2') {
  const tracing = createTracingHarness({
    exporter: `directZipkin(${collector.url}, ${encoding})`,
    serviceName: 'example',
    endpoint: ENDPOINT,
    // The example's SERVER span tells nothing of HTTP.
    lint: false,
  });
  const startedMs = Date.now();
  const tc = TraceContext.create();
  const query = tc.openNestedSpan('query', { kind: SpanKind.SERVER });
  query.setBinaryAnnotation('bytes_sent', 1783);
  query.addAnnotation('tskReceived');
  const nested = tc.openNestedSpan('read row', { kind: SpanKind.CLIENT });
  nested.addAnnotation('looked', { endpoint: { ip: '192.168.1.9', port: 1, serviceName: 'other' } });
  tc.closeCurrentSpan().closeCurrentSpan();
  await tracing.close();
  return { query, nested, startedMs, endedMs: Date.now() };
}

type Json = Record<string, unknown>;

const isMicros = (value: unknown, { startedMs, endedMs }: { startedMs: number; endedMs: number }) =>
  Number.isSafeInteger(value) &&
  Number(value) >= (startedMs - 1) * 1e3 &&
  Number(value) <= (endedMs + 2) * 1e3;

it('40: the chapter’s example is Zipkin v1 JSON as the chapter has it, field by field', async () => {
  await using collector = await startCollector();
  const times = await sendExample(collector, 'v1');
  const { query, nested } = times;
  const spans = collector.spans('/api/v1/spans');
  expect(spans.map(({ name }) => name)).toEqual(['read row', 'query']);
  for (const span of spans) {
    const allowed = [
      'traceId',
      'parentId',
      'id',
      'name',
      'timestamp',
      'duration',
      'annotations',
      'binaryAnnotations',
    ];
    expect(allowed).toEqual(expect.arrayContaining(Object.keys(span)));
    expect(span['traceId']).toMatch(/^[0-9a-f]{32}$/);
    expect(span['id']).toMatch(/^[0-9a-f]{16}$/);
    expect(isMicros(span['timestamp'], times), `timestamp ${String(span['timestamp'])}`).toBe(true);
    expect(Number.isSafeInteger(span['duration']) && Number(span['duration']) >= 1).toBe(true);
    for (const annotation of span['annotations'] as Json[]) {
      expect(Object.keys(annotation).toSorted()).toEqual(['endpoint', 'timestamp', 'value']);
      expect(isMicros(annotation['timestamp'], times)).toBe(true);
    }
    for (const annotation of span['binaryAnnotations'] as Json[]) {
      expect(Object.keys(annotation).toSorted()).toEqual(['endpoint', 'key', 'value']);
      expect(annotation['endpoint']).toEqual(IN_JSON);
    }
  }

  const [below, shown] = spans;
  expect(shown).toMatchObject({ traceId: query.traceId, id: query.spanId, name: 'query' });
  expect(shown).not.toHaveProperty('parentId');
  const { timestamp, duration } = shown as { timestamp: number; duration: number };
  expect(shown?.['annotations']).toEqual([
    { timestamp, value: 'sr', endpoint: IN_JSON },
    { timestamp: timestamp + duration, value: 'ss', endpoint: IN_JSON },
    { timestamp: expect.any(Number) as number, value: 'tskReceived', endpoint: IN_JSON },
  ]);
  expect(shown?.['binaryAnnotations']).toContainEqual({
    key: 'bytes_sent',
    value: '1783',
    endpoint: IN_JSON,
  });

  expect(below).toMatchObject({ traceId: query.traceId, id: nested.spanId, parentId: query.spanId });
  const annotations = below?.['annotations'] as readonly Json[];
  expect(annotations.map(({ value }) => value)).toEqual(['cs', 'cr', 'looked']);
  expect(annotations.at(-1)?.['endpoint']).toEqual({
    serviceName: 'other',
    ipv4: '192.168.1.9',
    port: 1,
  });
});

it('40: the same example has the shape that Zipkin’s v2 API accepts', async () => {
  await using collector = await startCollector();
  const times = await sendExample(collector, 'v2');
  const spans = collector.spans('/api/v2/spans');
  expect(spans).toHaveLength(2);
  for (const span of spans) {
    expect(span['traceId']).toMatch(/^[0-9a-f]{16}(?:[0-9a-f]{16})?$/);
    expect(span['id']).toMatch(/^[0-9a-f]{16}$/);
    expect(isMicros(span['timestamp'], times)).toBe(true);
    expect(Number.isSafeInteger(span['duration']) && Number(span['duration']) >= 1).toBe(true);
    expect(span['localEndpoint']).toEqual(IN_JSON);
    for (const value of Object.values(span['tags'] as Json)) expect(value).toBeTypeOf('string');
    for (const annotation of span['annotations'] as Json[]) {
      expect(Object.keys(annotation).toSorted()).toEqual(['timestamp', 'value']);
      expect(isMicros(annotation['timestamp'], times)).toBe(true);
    }
    const known = [
      'traceId',
      'parentId',
      'id',
      'kind',
      'name',
      'timestamp',
      'duration',
      'localEndpoint',
      'annotations',
      'tags',
    ];
    expect(known).toEqual(expect.arrayContaining(Object.keys(span)));
  }
  expect(spans[0]).toMatchObject({ kind: 'CLIENT', name: 'read row', parentId: times.query.spanId });
  expect(spans[1]).toMatchObject({ kind: 'SERVER', name: 'query', tags: { bytes_sent: '1783' } });
});

it('40: pieces of one span that two processes send merge into one span', async () => {
  await using collector = await startCollector();
  const exporter = `directZipkin(${collector.url})`;
  const tracing = createTracingHarness({ exporter, serviceName: 'example', endpoint: ENDPOINT });
  const tc = TraceContext.create();
  const parent = tc.openNestedSpan('parent');
  const span = tc.openNestedSpan('shipment');
  span.setBinaryAnnotation('order.bytes', 3);
  const task = { headers: tc.detach() };
  tc.closeCurrentSpan();
  await tracing.close();
  const far = await askFarService({ exporter, task, close: true });
  expect(far.spanId).toBe(span.spanId);

  const sent = collector.spans('/api/v2/spans') as unknown as Span[];
  const pieces = sent.filter(({ id }) => id === span.spanId);
  expect(pieces.map(({ duration }) => duration !== undefined)).toEqual([false, true]);
  const merged = mergeSpans(sent);
  expect(merged).toHaveLength(2);
  const whole = merged.find(({ id }) => id === span.spanId);
  expect(whole).toMatchObject({
    traceId: span.traceId,
    parentId: parent.spanId,
    name: 'shipment',
    timestamp: pieces[0]?.timestamp,
    duration: pieces[1]?.duration,
    localEndpoint: IN_JSON,
    tags: { 'order.bytes': '3' },
  });
});
