import { createTracingHarness, spanTree } from '@distrace/tracing/testing';
import type { TracingHarness } from '@distrace/tracing/testing';
import { attachTracing, TracingModule } from '@distrace/tracing';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxy, ClientsModule, MessagePattern, Transport } from '@nestjs/microservices';
import type { RmqOptions } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { repliesConfirmed } from './acceptance/support/replies-confirmed.ts';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness();
});
afterEach(() => tracing.close());

const queue = `microservice-only-${process.pid}`;
const rmq: RmqOptions = {
  transport: Transport.RMQ,
  options: { urls: [inject('amqpUrl')], queue, queueOptions: { durable: false, autoDelete: true } },
};

@Controller()
class Answering {
  @MessagePattern('question')
  answer(): string {
    return 'yes';
  }
}

@Module({ imports: [TracingModule.forRoot()], controllers: [Answering] })
class ServiceModule {}

@Module({ imports: [TracingModule.forRoot(), ClientsModule.register([{ name: 'CLIENT', ...rmq }])] })
class AskingModule {}

describe('applications without HTTP', () => {
  it('a microservice and an application context trace a question and its answer', async () => {
    const service = attachTracing(
      await NestFactory.createMicroservice<RmqOptions>(ServiceModule, { ...rmq, logger: false }),
    );
    await service.listen();
    const asking = await NestFactory.createApplicationContext(AskingModule, { logger: false });
    expect(await lastValueFrom(asking.get<ClientProxy>('CLIENT').send('question', {}))).toBe('yes');
    await vi.waitFor(() => expect(tracing.spans.ended).toHaveLength(2));
    expect(spanTree(tracing.spans.ended)).toEqual([`PRODUCER send ${queue}`, `  CONSUMER process ${queue}`]);
    await repliesConfirmed(service);
    await asking.close();
    await service.close();
  });

  it('a microservice goes on answering when it is attached too late', async () => {
    const service = await NestFactory.createMicroservice<RmqOptions>(ServiceModule, {
      ...rmq,
      logger: false,
    });
    await service.listen();
    attachTracing(service);
    const asking = await NestFactory.createApplicationContext(AskingModule, { logger: false });
    expect(await lastValueFrom(asking.get<ClientProxy>('CLIENT').send('question', {}))).toBe('yes');
    await repliesConfirmed(service);
    await asking.close();
    await service.close();
  });
});
