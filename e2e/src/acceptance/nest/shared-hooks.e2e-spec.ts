import 'reflect-metadata';
import { createTracingHarness, spanTree } from '@distrace/tracing/testing';
import type { TracingHarness } from '@distrace/tracing/testing';
import { attachTracing, TracingModule } from '@distrace/tracing';
import { Controller, Get, Inject, Injectable, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer, NestFactory } from '@nestjs/core';
import { ClientProxy, ClientsModule, MessagePattern, Transport } from '@nestjs/microservices';
import type { RmqOptions, Server } from '@nestjs/microservices';
import supertest from 'supertest';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { newQueue } from '../support/app.ts';
import { repliesConfirmed } from '../support/replies-confirmed.ts';
import { endedSpans } from '../support/spans.ts';

type StartHook = Parameters<Server['setOnProcessingStartHook']>[0];
type EndHook = Parameters<Server['setOnProcessingEndHook']>[0];

interface Hooked {
  readonly onProcessingStartHook?: StartHook;
  readonly onProcessingEndHook?: EndHook;
}

/** What somebody else's hooks have seen, in order. */
const calls: string[] = [];

/** As another library does: sets its hooks, and may call the one that it found in place. */
function setServerHooks(server: Server, chains: boolean): void {
  const { onProcessingStartHook: start, onProcessingEndHook: end } = server as unknown as Hooked;
  server.setOnProcessingStartHook((transport, context, done) => {
    calls.push('start');
    return chains && start !== undefined ? start.call(server, transport, context, done) : done();
  });
  server.setOnProcessingEndHook((transport, context) => {
    calls.push('end');
    if (chains) end?.call(server, transport, context);
  });
}

type Next = () => void;

interface Adapter {
  setOnRequestHook(hook: (request: unknown, response: unknown, done: Next) => unknown): void;
  setOnRouteTriggered(hook: (method: number, path: string) => void): void;
  getOnRouteTriggered(): ((method: number, path: string) => void) | undefined;
}

/** The hooks of somebody else, on all seams that hold a single function. */
@Injectable()
class OtherHooks {
  constructor(
    @Inject(HttpAdapterHost) { httpAdapter }: HttpAdapterHost,
    @Inject(ModulesContainer) modules: ModulesContainer,
    @Inject('CHAINS') chains: boolean,
  ) {
    const adapter = httpAdapter as unknown as Adapter;
    const route = adapter.getOnRouteTriggered();
    adapter.setOnRouteTriggered((method, path) => {
      calls.push(`route ${path}`);
      if (chains) route?.(method, path);
    });
    // Answers a promise, as it may, and lets the request go on before.
    adapter.setOnRequestHook(async (_request, _response, done) => {
      calls.push('request');
      done();
      await Promise.resolve();
    });
    modules.getRpcTargetRegistry<Server>().subscribe((server) => setServerHooks(server, chains));
  }
}

@Controller()
class AskingController {
  constructor(@Inject('CLIENT') private readonly client: ClientProxy) {
    client.setOnDispatchHook((packet) => void calls.push(`dispatch ${String(packet.pattern)}`));
  }

  @Get('ask')
  ask() {
    return this.client.send<string>('question', {});
  }

  @MessagePattern('question')
  answer(): string {
    return 'yes';
  }
}

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness();
  calls.length = 0;
});
afterEach(() => tracing.close());

function otherModule(chains: boolean): DynamicModule {
  @Module({})
  class OtherModule {}
  return { module: OtherModule, providers: [OtherHooks, { provide: 'CHAINS', useValue: chains }] };
}

describe('hooks that somebody else has set', () => {
  it.each([
    ['before ours', false, (other: DynamicModule) => [other, TracingModule.forRoot()]],
    ['after ours', false, (other: DynamicModule) => [TracingModule.forRoot(), other]],
    [
      'before ours, calling what they found',
      true,
      (other: DynamicModule) => [other, TracingModule.forRoot()],
    ],
    ['after ours, calling what they found', true, (other: DynamicModule) => [TracingModule.forRoot(), other]],
  ])('29: are called, and so are ours (set %s)', async (_, chains, order) => {
    const queue = newQueue();
    const rmq: RmqOptions = {
      transport: Transport.RMQ,
      options: { urls: [inject('amqpUrl')], queue, queueOptions: { durable: false, autoDelete: true } },
    };
    @Module({
      imports: [...order(otherModule(chains)), ClientsModule.register([{ name: 'CLIENT', ...rmq }])],
      controllers: [AskingController],
    })
    class AppModule {}
    const app = await NestFactory.create(AppModule, { logger: false });
    const microservice = attachTracing(
      app.connectMicroservice<RmqOptions>(rmq, { deferInitialization: true }),
    );
    await app.startAllMicroservices();
    await app.init();
    await supertest(app.getHttpServer()).get('/ask').expect(200, 'yes');
    expect(spanTree(await endedSpans(tracing, 3))).toEqual([
      'SERVER GET /ask',
      `  PRODUCER send ${queue}`,
      `    CONSUMER process ${queue}`,
    ]);
    expect(calls).toEqual(['request', 'route /ask', 'dispatch question', 'start', 'end']);
    await repliesConfirmed(microservice);
    await app.close();
  });
});
