import { createTracingHarness } from '@distrace/tracing/testing';
import { attachTracing, TracingModule } from '@distrace/tracing';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxy, ClientsModule, EventPattern, Payload, Transport } from '@nestjs/microservices';
import type { MicroserviceOptions, RmqOptions } from '@nestjs/microservices';
import { trace } from '@opentelemetry/api';
import { firstValueFrom } from 'rxjs';
import { expect, inject, it, vi } from 'vitest';

const MESSAGES = 2000;
const PADDING = 'x'.repeat(64 * 1024);

it('5: 2,000 messages of 64 KiB, emitted at once by 2,000 requests, each carry their own trace', async () => {
  await using tracing = createTracingHarness();
  const url = inject('amqpUrl');
  const rmq: RmqOptions = {
    transport: Transport.RMQ,
    options: {
      urls: [url],
      queue: `back-pressure-${process.pid}`,
      queueOptions: { durable: false, autoDelete: true },
    },
  };
  /** The trace that each message was sent in, and the one it was handled in. */
  const sent = new Map<number, string>();
  const handled = new Map<number, string | undefined>();

  @Controller()
  class Handler {
    @EventPattern<string>('big')
    onBig(@Payload() { id }: { id: number }): void {
      handled.set(id, trace.getActiveSpan()?.spanContext().traceId);
    }
  }

  @Module({
    imports: [TracingModule.forRoot(), ClientsModule.register([{ name: 'CLIENT', ...rmq }])],
    controllers: [Handler],
  })
  class AppModule {}

  const app = await NestFactory.create(AppModule, { logger: false });
  attachTracing(app.connectMicroservice<MicroserviceOptions>(rmq, { deferInitialization: true }));
  await app.startAllMicroservices();
  const client = app.get<ClientProxy>('CLIENT');
  const tracer = trace.getTracer('requests');

  await Promise.all(
    Array.from({ length: MESSAGES }, (_, id) =>
      tracer.startActiveSpan('request', async (span) => {
        sent.set(id, span.spanContext().traceId);
        await firstValueFrom(client.emit('big', { id, padding: PADDING }), { defaultValue: undefined });
        span.end();
      }),
    ),
  );
  await vi.waitFor(() => expect(handled.size).toBe(MESSAGES), { timeout: 60_000, interval: 20 });
  await app.close();

  expect(new Set(sent.values()).size).toBe(MESSAGES);
  const wrong = [...sent].filter(([id, traceId]) => handled.get(id) !== traceId);
  expect(wrong).toEqual([]);
  expect(tracing.spans.ended).toHaveLength(3 * MESSAGES);
});
