import 'reflect-metadata';
import { createTracingHarness, expectTrace } from '@distrace/tracing/testing';
import type { TracingHarness } from '@distrace/tracing/testing';
import { TracingModule } from '@distrace/tracing';
import { Controller, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Client,
  ClientProxy,
  ClientProxyFactory,
  ClientsModule,
  MessagePattern,
  Transport,
} from '@nestjs/microservices';
import type { RmqOptions } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { newQueue, startApp } from '../support/app.ts';
import type { StartedApp } from '../support/app.ts';
import { endedSpans } from '../support/spans.ts';

const queue = newQueue();
const rmq: RmqOptions = {
  transport: Transport.RMQ,
  options: { urls: [inject('amqpUrl')], queue, queueOptions: { durable: false, autoDelete: true } },
};

@Controller()
class AnsweringController {
  @MessagePattern('question')
  answer(): string {
    return 'yes';
  }
}

@Injectable()
class AskingService {
  @Client(rmq)
  readonly client!: ClientProxy;
}

@Controller()
class AskingController {
  @Client(rmq)
  readonly client!: ClientProxy;
}

@Module({
  imports: [ClientsModule.register([{ name: 'SHARED', ...rmq }])],
  exports: [ClientsModule],
})
class SharedModule {}

@Module({ imports: [SharedModule] })
class FirstModule {}

@Module({ imports: [SharedModule] })
class SecondModule {}

@Module({
  imports: [
    TracingModule.forRoot(),
    TracingModule.forRoot({ serviceName: 'again' }),
    FirstModule,
    SecondModule,
    ClientsModule.register([{ name: 'REGISTERED', ...rmq }]),
    ClientsModule.registerAsync([{ name: 'ASYNC', useFactory: () => Promise.resolve(rmq) }]),
  ],
  controllers: [AskingController],
  providers: [
    { provide: 'FACTORY', useFactory: () => ClientProxyFactory.create(rmq) },
    { provide: 'VALUE', useValue: ClientProxyFactory.create(rmq) },
    { provide: 'ALIAS', useExisting: 'VALUE' },
    AskingService,
  ],
})
class AskingModule {}

let tracing: TracingHarness;
let answering: StartedApp;
beforeAll(async () => {
  tracing = createTracingHarness();
  answering = await startApp({
    controllers: [AnsweringController],
    imports: [TracingModule.forRoot({ serviceName: 'again' })],
    rmq: rmq.options ?? {},
  });
});
afterEach(() => tracing.spans.clear());
afterAll(async () => {
  await answering.close();
  await tracing.close();
});

describe('every way to make a client', () => {
  it.each(['REGISTERED', 'ASYNC', 'FACTORY', 'VALUE', 'ALIAS', 'SHARED'])(
    '25: sends each message with one producer and one consumer span (%s)',
    async (token) => {
      await using app = await startAsking();
      await expectOneTree(app.get<ClientProxy>(token));
    },
  );

  it.each([AskingService, AskingController])(
    '25: so does a client in a property with @Client() (%o)',
    async (owner) => {
      await using app = await startAsking();
      await expectOneTree(app.get<AskingService | AskingController>(owner).client);
    },
  );
});

async function startAsking() {
  const app = await NestFactory.create(AskingModule, { logger: false, abortOnError: false });
  await app.init();
  return { get: app.get.bind(app) as typeof app.get, [Symbol.asyncDispose]: () => app.close() };
}

async function expectOneTree(client: ClientProxy): Promise<void> {
  expect(await lastValueFrom(client.send('question', {}))).toBe('yes');
  expectTrace(await endedSpans(tracing, 2)).toHaveTree(`
    PRODUCER send ${queue}
      CONSUMER process ${queue}
  `);
  tracing.spans.clear();
  expect(await lastValueFrom(client.send('question', {}))).toBe('yes');
  expect(await endedSpans(tracing, 2)).toHaveLength(2);
}
