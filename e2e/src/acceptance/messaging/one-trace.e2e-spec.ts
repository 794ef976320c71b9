import { createTracingHarness, expectTrace } from '@distrace/tracing/testing';
import { TracingModule } from '@distrace/tracing';
import { Controller, Inject, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxy,
  ClientsModule,
  EventPattern,
  MessagePattern,
  Payload,
  Transport,
} from '@nestjs/microservices';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import supertest from 'supertest';
import { expect, inject, it } from 'vitest';
import { startApp } from '../support/app.ts';
import { endedSpan, endedSpans, inSpan } from '../support/spans.ts';

const nanos = ([seconds, rest]: readonly [number, number]) => BigInt(seconds) * 1_000_000_000n + BigInt(rest);

/** Wall clock and monotonic clock of one process are read a moment apart, the first in whole milliseconds. */
const CLOCK_NANOS = 1_000_000n;

function expectNested(spans: readonly ReadableSpan[]): void {
  const byId = new Map(spans.map((span) => [span.spanContext().spanId, span]));
  for (const span of spans) {
    const parent = byId.get(span.parentSpanContext?.spanId ?? '');
    if (parent === undefined) continue;
    const edge = `${span.name} in ${parent.name}`;
    expect(nanos(span.startTime), edge).toBeGreaterThanOrEqual(nanos(parent.startTime));
    expect(nanos(span.endTime), edge).toBeLessThanOrEqual(nanos(parent.endTime) + CLOCK_NANOS);
  }
}

it('1: a request that crosses two services and comes back is one tree, each span within its parent', async () => {
  @Controller()
  class Exporter {
    @MessagePattern('save')
    async save(@Payload() result: number): Promise<string> {
      await Promise.resolve();
      return `saved ${result}`;
    }
  }

  @Controller()
  class Executor {
    constructor(@Inject('CLIENT') private readonly exporter: ClientProxy) {}

    @MessagePattern('compute')
    compute(@Payload() task: string) {
      return this.exporter.send<string>('save', task.length);
    }
  }

  @Controller()
  class Client {
    constructor(@Inject('CLIENT') private readonly executor: ClientProxy) {}

    @Post('tasks/:id')
    async accept(@Param('id') id: string) {
      return { result: await lastValueFrom(this.executor.send<string>('compute', id)) };
    }
  }

  await using tracing = createTracingHarness();
  await using exporter = await startApp({ controllers: [Exporter] });
  await using executor = await startApp({
    controllers: [Executor],
    clientRmq: { queue: exporter.queue },
  });
  await using client = await startApp({ controllers: [Client], clientRmq: { queue: executor.queue } });

  await supertest(client.app.getHttpServer()).post('/tasks/seven').expect(201, { result: 'saved 5' });
  await endedSpan(tracing, 'POST /tasks/:id');
  expectTrace(tracing.spans.ended).toHaveTree(`
    SERVER POST /tasks/:id
      PRODUCER send ${executor.queue}
        CONSUMER process ${executor.queue}
          PRODUCER send ${exporter.queue}
            CONSUMER process ${exporter.queue}
  `);
  expectNested(tracing.spans.ended);
});

it('4: the first messages ever on a client that is not connected yet are children of their callers', async () => {
  @Controller()
  class Handler {
    @EventPattern<string>('first')
    onFirst(): void {}
  }

  await using tracing = createTracingHarness();
  await using handler = await startApp({ controllers: [Handler] });
  const queueOptions = { durable: false, autoDelete: true };
  const options = { urls: [inject('amqpUrl')], queue: handler.queue, queueOptions };

  @Module({
    imports: [
      TracingModule.forRoot(),
      ClientsModule.register([{ name: 'LAZY', transport: Transport.RMQ, options }]),
    ],
  })
  class LazyModule {}

  const app = await NestFactory.createApplicationContext(LazyModule, { logger: false });
  const client = app.get<ClientProxy>('LAZY');
  const callers = await Promise.all(
    ['left', 'right'].map((name) =>
      inSpan(name, () => firstValueFrom(client.emit('first', name), { defaultValue: undefined })),
    ),
  );
  const spans = await endedSpans(tracing, 6);
  await app.close();
  for (const caller of callers) {
    const trace = spans.filter((span) => span.spanContext().traceId === caller.traceId);
    expectTrace(trace).toHaveTree(`
      INTERNAL ${trace.find((span) => span.parentSpanContext === undefined)?.name}
        PRODUCER send ${handler.queue}
          CONSUMER process ${handler.queue}
    `);
  }
  expect(new Set(callers.map(({ traceId }) => traceId)).size).toBe(2);
});
