/**
 * One variant of the `rmq` bench: a Nest client and a Nest server in a process of their own (instrumentations
 * patch the whole process). The parent asks it for rounds over IPC.
 */
import 'reflect-metadata';
import { attachTracing, TracingModule } from '@distrace/tracing';
import { startSdk } from '@distrace/tracing/core';
import type { DynamicModule } from '@nestjs/common';
import { AmqplibInstrumentation } from '@opentelemetry/instrumentation-amqplib';
import { context, trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import type { Round, RoundResult } from './rmq.ts';
import { traceByHand } from './rmq-by-hand.ts';
import type { Client, Server } from './rmq-by-hand.ts';

const [variant = 'none', url = '', queue = ''] = process.argv.slice(2);
const nowhere = {
  onStart: () => undefined,
  onEnd: () => undefined,
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

// Before anything loads amqplib: the peer patches it as it is loaded.
const imports: DynamicModule[] = [];
if (variant === 'distrace') {
  startSdk({ serviceName: 'bench', exporter: false, spanProcessors: [nowhere] });
  imports.push(TracingModule.forRoot());
} else {
  new NodeSDK({
    autoDetectResources: false,
    metricReaders: [],
    logRecordProcessors: [],
    spanProcessors: [nowhere],
    instrumentations: variant === 'instrumentation-amqplib' ? [new AmqplibInstrumentation()] : [],
  }).start();
}

const { Controller } = await import('@nestjs/common');
const { ModulesContainer, NestFactory } = await import('@nestjs/core');
const { ClientsModule, EventPattern, MessagePattern, Transport } = await import('@nestjs/microservices');
const { firstValueFrom, lastValueFrom } = await import('rxjs');

let handled = 0;
let whenHandled: (() => void) | undefined;
let expected = 0;
const traceOf = new Map<number, string | undefined>();

class Handlers {
  onEvent(data: { id?: number }): void {
    if (data.id !== undefined) traceOf.set(data.id, trace.getActiveSpan()?.spanContext().traceId);
    handled += 1;
    if (handled === expected) whenHandled?.();
  }
  onRequest(data: object): object {
    return data;
  }
}
// This file is run as it stands, without a compiler for decorators.
const descriptorOf = (key: 'onEvent' | 'onRequest') =>
  Object.getOwnPropertyDescriptor(Handlers.prototype, key)!;
EventPattern<string>('event')(Handlers.prototype, 'onEvent', descriptorOf('onEvent'));
MessagePattern('request')(Handlers.prototype, 'onRequest', descriptorOf('onRequest'));
Controller()(Handlers);

const rmq: import('@nestjs/microservices').RmqOptions = {
  transport: Transport.RMQ,
  options: { urls: [url], queue, prefetchCount: 200, queueOptions: { durable: false, autoDelete: true } },
};
// oxlint-disable-next-line typescript/no-extraneous-class -- a module as Nest wants it, without decorators
class AppModule {}
const app = await NestFactory.createMicroservice(
  {
    module: AppModule,
    imports: [...imports, ClientsModule.register([{ name: 'CLIENT', ...rmq }])],
    controllers: [Handlers],
  },
  { ...rmq, logger: ['error'] },
);
// As the guide has it.
if (variant === 'distrace') attachTracing(app);
await app.listen();
const client = app.get<import('@nestjs/microservices').ClientProxy>('CLIENT');
await client.connect();
if (variant === 'by hand') {
  app
    .get(ModulesContainer)
    .getRpcTargetRegistry<Server>()
    .subscribe((server) => traceByHand(client as unknown as Client, server, queue));
}

const tracer = trace.getTracer('bench');

async function inFlight(
  times: number,
  width: number,
  one: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < times) await one(next++);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

async function round({ kind, times }: Round): Promise<RoundResult> {
  handled = 0;
  expected = kind === 'rpc' ? -1 : times;
  traceOf.clear();
  const done = kind === 'rpc' ? Promise.resolve() : new Promise<void>((resolve) => (whenHandled = resolve));
  const padding = 'x'.repeat(kind === 'pressure' ? 64 * 1024 : 64);
  const sent: (string | undefined)[] = [];
  const cpu = process.cpuUsage();
  const start = performance.now();
  if (kind === 'rpc') {
    await inFlight(times, 64, () => lastValueFrom(client.send('request', { padding })));
  } else if (kind === 'emit') {
    await inFlight(times, 64, () => firstValueFrom(client.emit('event', { padding }), { defaultValue: 0 }));
  } else {
    await Promise.all(
      Array.from({ length: times }, (_, id) =>
        tracer.startActiveSpan('request', {}, context.active(), async (span) => {
          sent[id] = span.spanContext().traceId;
          await firstValueFrom(client.emit('event', { id, padding }), { defaultValue: 0 });
          span.end();
        }),
      ),
    );
  }
  await done;
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - start) / 1000;
  const wrong = kind === 'pressure' ? sent.filter((id, index) => traceOf.get(index) !== id).length : 0;
  return { cpuMicros: (user + system) / times, perSecond: times / seconds, wrong };
}

process.on('message', (message: Round | 'stop') => {
  if (message === 'stop') {
    void app.close().then(() => process.exit(0));
    return;
  }
  void round(message).then((result) => process.send?.(result));
});
process.send?.('ready');
