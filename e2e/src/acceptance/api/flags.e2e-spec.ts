import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CurrentTraceContext, TraceContext } from '@distrace/tracing';
import { createTracingHarness, spanTree } from '@distrace/tracing/testing';
import { Controller, Inject, Post } from '@nestjs/common';
import { ClientProxy, Ctx, EventPattern, RmqContext } from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import supertest from 'supertest';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startApp } from '../support/app.ts';
import { endedSpan, endedSpans } from '../support/spans.ts';
import { startCollector } from './collector.ts';
import { EveryExporter, EXPORTERS } from './every-exporter.ts';

/** Words that occur nowhere else, so that finding one means that a flag got out. */
const FLAGS = ['zebra-crossing', 'quagga,with comma'];
const TYPED = { text: 'zoë', whole: 1783, broken: 0.5, negative: -1, yes: true, no: false };
const NAMES = Object.keys(TYPED) as (keyof typeof TYPED)[];

let folder: string;
const seen: object[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flags-'));
  seen.length = 0;
});
afterEach(() => rm(folder, { recursive: true }));

/** What a handler finds on its own span. */
function look(hop: string, ctx: RmqContext): void {
  const span = TraceContext.current().getCurrentSpan();
  seen.push({
    hop,
    flags: span.getFlags(),
    kept: span.getBinaryAnnotation('order.kept'),
    values: Object.fromEntries(NAMES.map((name) => [name, span.getBinaryAnnotation(`order.${name}`)])),
    onTheWire: Object.keys(ctx.getMessage().properties.headers as object).filter((key) =>
      key.startsWith('distrace-'),
    ),
  });
}

@Controller('orders')
class OrdersController {
  constructor(@Inject('CLIENT') private readonly client: ClientProxy) {}

  @Post()
  async accept(@CurrentTraceContext() trace: TraceContext) {
    const span = trace.getCurrentSpan();
    for (const flag of FLAGS) span.addFlag(flag);
    for (const name of NAMES) span.setBinaryAnnotation(`order.${name}`, TYPED[name], { carried: true });
    span.setBinaryAnnotation('order.kept', 'here', { carried: false });
    await firstValueFrom(this.client.emit('first', {}), { defaultValue: undefined });
  }

  @EventPattern<string>('first')
  async first(@Ctx() ctx: RmqContext) {
    look('first', ctx);
    const span = TraceContext.current().getCurrentSpan();
    span.removeFlag(FLAGS[1] ?? '').setBinaryAnnotation('order.whole', 7, { carried: true });
    await firstValueFrom(this.client.emit('second', {}), { defaultValue: undefined });
  }

  @EventPattern<string>('second')
  second(@Ctx() ctx: RmqContext) {
    look('second', ctx);
  }
}

it('39: flags and typed annotations reach every later hop; no exporter’s output shows a flag', async () => {
  await using collector = await startCollector();
  const exporter = new EveryExporter(collector, folder);
  const tracing = createTracingHarness({ exporter, serviceName: 'orders' });
  try {
    await using started = await startApp({ controllers: [OrdersController] });
    await supertest(started.app.getHttpServer()).post('/orders').expect(201);
    const spans = await endedSpans(tracing, 5);
    expect(spanTree(spans).map((line) => line.replace(started.queue, 'QUEUE'))).toEqual([
      'SERVER POST /orders',
      '  PRODUCER send QUEUE',
      '    CONSUMER process QUEUE',
      '      PRODUCER send QUEUE',
      '        CONSUMER process QUEUE',
    ]);
    await endedSpan(tracing, 'POST /orders');
  } finally {
    await tracing.close();
  }

  const onTheWire = ['distrace-flags', 'distrace-annotations'];
  expect(seen).toEqual([
    { hop: 'first', flags: FLAGS, kept: undefined, values: TYPED, onTheWire },
    { hop: 'second', flags: FLAGS.slice(0, 1), kept: undefined, values: { ...TYPED, whole: 7 }, onTheWire },
  ]);

  const output = await exporter.output();
  for (const name of EXPORTERS) {
    const text = output[name].toLowerCase();
    // It has all five spans, so it would have shown their flags as well.
    expect(text.split('post /orders').length, name).toBeGreaterThan(1);
    expect(text.split('process acceptance').length, name).toBe(3);
    for (const word of ['zebra', 'quagga', 'distrace-flags', 'distrace.flag']) {
      expect(text, name).not.toContain(word);
    }
  }
});

it('39: what was set typed is exported typed, where the format has types', async () => {
  await using collector = await startCollector();
  const exporter = new EveryExporter(collector, folder);
  const tracing = createTracingHarness({ exporter, serviceName: 'orders' });
  const tc = TraceContext.create();
  const span = tc.openNestedSpan('work').addFlag('zebra-crossing');
  for (const name of NAMES) span.setBinaryAnnotation(`order.${name}`, TYPED[name]);
  for (const name of NAMES) expect(span.getBinaryAnnotation(`order.${name}`)).toBe(TYPED[name]);
  tc.closeCurrentSpan();
  await tracing.close();

  const output = await exporter.output();
  const otlp = JSON.parse(output.otlp) as {
    resourceSpans: { scopeSpans: { spans: { attributes: { key: string; value: object }[] }[] }[] }[];
  };
  const attributes = otlp.resourceSpans[0]?.scopeSpans[0]?.spans[0]?.attributes;
  expect(Object.fromEntries(attributes?.map(({ key, value }) => [key, value]) ?? [])).toEqual({
    'order.text': { stringValue: 'zoë' },
    'order.whole': { intValue: 1783 },
    'order.broken': { doubleValue: 0.5 },
    'order.negative': { intValue: -1 },
    'order.yes': { boolValue: true },
    'order.no': { boolValue: false },
  });
  const asTexts = Object.fromEntries(NAMES.map((name) => [`order.${name}`, String(TYPED[name])]));
  expect(collector.spans('/api/v2/spans')[0]).toMatchObject({ tags: asTexts });
  expect(JSON.parse(output.disk)).toMatchObject({ tags: asTexts });
  expect(collector.spans('/api/v1/spans')[0]?.['binaryAnnotations']).toEqual(
    expect.arrayContaining(
      Object.entries(asTexts).map(([key, value]) => expect.objectContaining({ key, value }) as unknown),
    ),
  );
  expect(JSON.stringify(output)).not.toContain('zebra');
});
