import { attachTracing, TracingModule } from '@distrace/tracing';
import { createTracingHarness } from '@distrace/tracing/testing';
import type { TracingHarness } from '@distrace/tracing/testing';
import { Controller, Logger, Module } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxy,
  ClientsModule,
  Ctx,
  EventPattern,
  MessagePattern,
  Payload,
  RmqContext,
  Transport,
} from '@nestjs/microservices';
import type { MicroserviceOptions, RmqOptions } from '@nestjs/microservices';
import { trace } from '@opentelemetry/api';
import { AmqplibInstrumentation } from '@opentelemetry/instrumentation-amqplib';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';

const QUEUE = `amqplib-instrumentation-${process.pid}`;
const MESSAGES = 500;
const PADDING = 'x'.repeat(64 * 1024);

/** The trace that each message was handled in. */
const handled = new Map<number, string | undefined>();

interface Channel {
  sendToQueue(queue: string, content: Buffer): boolean;
}

@Controller()
class Handler {
  @EventPattern<string>('big')
  onBig(@Payload() { id }: { id: number }): void {
    handled.set(id, trace.getActiveSpan()?.spanContext().traceId);
  }

  @MessagePattern('question')
  answer(): string {
    return 'answer';
  }

  @EventPattern<string>('by hand')
  sendByHand(@Ctx() ctx: RmqContext): void {
    (ctx.getChannelRef() as Channel).sendToQueue(`${QUEUE}-other`, Buffer.from('{}'));
  }
}

// Nest requires amqplib when the first client or server is made: what hooks into `require` must be there before.
const instrumentation = new AmqplibInstrumentation();
const warnings: string[] = [];
let tracing: TracingHarness;
let app: INestApplication;
let client: ClientProxy;

beforeAll(async () => {
  // Its spans have names and attributes of old conventions.
  tracing = createTracingHarness({ lint: false });
  instrumentation.setTracerProvider(trace.getTracerProvider());
  vi.spyOn(Logger.prototype, 'warn').mockImplementation((text: unknown) => void warnings.push(String(text)));
  const rmq: RmqOptions = {
    transport: Transport.RMQ,
    options: {
      urls: [inject('amqpUrl')],
      queue: QUEUE,
      queueOptions: { durable: false, autoDelete: true },
    },
  };

  @Module({
    imports: [TracingModule.forRoot(), ClientsModule.register([{ name: 'CLIENT', ...rmq }])],
    controllers: [Handler],
  })
  class AppModule {}

  app = await NestFactory.create(AppModule, { logger: ['warn'] });
  attachTracing(app.connectMicroservice<MicroserviceOptions>(rmq, { deferInitialization: true }));
  await app.startAllMicroservices();
  client = app.get<ClientProxy>('CLIENT');
});
afterEach(() => tracing.spans.clear());
afterAll(async () => {
  await app?.close();
  await tracing?.close();
  instrumentation.disable();
  vi.restoreAllMocks();
});

const spanNames = () => tracing.spans.ended.map((span) => span.name).toSorted();

describe('beside an active instrumentation of amqplib', () => {
  it('the instrumentation is there', () => {
    expect(instrumentation.isEnabled()).toBe(true);
  });

  it('500 messages of 64 KiB, emitted at once by 500 requests, each carry their own trace, in two spans', async () => {
    const sent = new Map<number, string>();
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
    expect([...sent].filter(([id, traceId]) => handled.get(id) !== traceId)).toHaveLength(0);
    await vi.waitFor(() => expect(tracing.spans.ended).toHaveLength(3 * MESSAGES), { timeout: 20_000 });
    expect(new Set(spanNames())).toEqual(new Set([`process ${QUEUE}`, 'request', `send ${QUEUE}`]));
  });

  it('a request and its reply are two spans', async () => {
    expect(await lastValueFrom(client.send<string>('question', {}))).toBe('answer');
    await vi.waitFor(() => expect(spanNames()).toContain(`process ${QUEUE}`));
    expect(spanNames()).toEqual([`process ${QUEUE}`, `send ${QUEUE}`]);
  });

  it('what the application sends on Nest’s channel by hand is traced by the instrumentation', async () => {
    await firstValueFrom(client.emit('by hand', {}), { defaultValue: undefined });
    await vi.waitFor(() =>
      expect(spanNames()).toEqual([`process ${QUEUE}`, 'publish <default>', `send ${QUEUE}`]),
    );
    const byHand = tracing.spans.named('publish <default>');
    expect(byHand.parentSpanContext?.spanId).toBe(
      tracing.spans.named(`process ${QUEUE}`).spanContext().spanId,
    );
  });

  it('one warning says so', () => {
    expect(warnings.filter((text) => text.includes('amqplib'))).toEqual([
      expect.stringMatching(/instrumentation-amqplib is active.*OTEL_NODE_DISABLED_INSTRUMENTATIONS=amqplib/),
    ]);
  });
});
