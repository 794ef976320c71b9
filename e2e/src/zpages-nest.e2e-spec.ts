import 'reflect-metadata';
import { TracingModule } from '@distrace/tracing';
import { createTracingHarness } from '@distrace/tracing/testing';
import type { TracingHarness } from '@distrace/tracing/testing';
import { SpanAggregator, TracezSpanProcessor, ZpagesModule } from '@distrace/zpages';
import type { ZpagesModuleOptions } from '@distrace/zpages';
import type { AggregationsAnswer } from '@distrace/zpages/core';
import { Controller, Get, Module } from '@nestjs/common';
import type { DynamicModule, INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';
import { afterEach, describe, expect, it, vi } from 'vitest';

@Controller()
class Orders {
  @Get('orders/:id')
  order(): string {
    return 'tea';
  }
}

let tracing: TracingHarness | undefined;
let apps: INestApplication[] = [];
afterEach(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await tracing?.close();
  apps = [];
});

interface Shown extends Pick<AggregationsAnswer, 'rows'> {
  readonly totals: AggregationsAnswer['totals'];
}

const ADAPTERS = ['express', 'fastify'] as const;

async function start(
  adapter: (typeof ADAPTERS)[number],
  modules: (zpages: DynamicModule) => DynamicModule[],
  options: ZpagesModuleOptions,
) {
  @Module({ imports: modules(ZpagesModule.forRoot(options)), controllers: [Orders] })
  class AppModule {}
  const app =
    adapter === 'fastify'
      ? await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false })
      : await NestFactory.create(AppModule, { logger: false });
  apps.push(app);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const text = async (path: string) => (await fetch(url + path)).text();
  const json = async (path: string) => JSON.parse(await text(path)) as Shown;
  return { text, json };
}

describe.each(ADAPTERS)('a traced Nest application with zPages on it (%s)', (adapter) => {
  it.each([
    ['after', (zpages: DynamicModule) => [TracingModule.forRoot(), zpages]],
    ['before', (zpages: DynamicModule) => [zpages, TracingModule.forRoot()]],
  ])(
    'shows its requests and makes no span for those to the pages, imported %s tracing',
    async (_, modules) => {
      const processor = new TracezSpanProcessor(new SpanAggregator({ sampleIntervalMs: 0 }));
      tracing = createTracingHarness({ spanProcessors: [processor] });
      const { text, json } = await start(adapter, modules, { processor });
      for (const path of [
        '',
        '/',
        '/tracez',
        '/tracez?name=x',
        '/style.css',
        '/none',
        '/tracez/api/aggregations',
      ]) {
        await text(`/zpages${path}`);
      }
      expect(await text('/orders/7')).toBe('tea');
      expect(await text('/zpagesx')).toContain('Cannot GET');
      const { spans } = tracing;
      await vi.waitFor(() => expect(spans.ended).toHaveLength(2), { timeout: 20_000 });
      const { rows, totals } = await json('/zpages/tracez?format=json');
      expect(rows.map(({ name }) => name)).toEqual(['GET', 'GET /orders/:id']);
      expect(totals).toMatchObject({ started: 2, running: 0 });
    },
  );

  it('shows every request where few are exported', async () => {
    const processor = new TracezSpanProcessor(new SpanAggregator());
    const sampler = new TraceIdRatioBasedSampler(0);
    tracing = createTracingHarness({ spanProcessors: [processor], sampler, recordUnsampled: true });
    const { text, json } = await start(adapter, (zpages) => [TracingModule.forRoot(), zpages], { processor });
    for (let i = 0; i < 10; i++) await text(`/orders/${i}`);
    await vi.waitFor(
      async () => {
        const { rows } = await json('/zpages/tracez?format=json');
        expect(rows).toHaveLength(1);
        expect(rows[0]?.latency.reduce((a, b) => a + b, 0)).toBe(10);
      },
      { timeout: 20_000 },
    );
  });
});
