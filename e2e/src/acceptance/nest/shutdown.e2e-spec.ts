import 'reflect-metadata';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { SpanExporter } from '@distrace/tracing';
import type { Tracing } from '@distrace/tracing';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxyFactory,
  Ctx,
  EventPattern,
  MessagePattern,
  RmqContext,
  Transport,
} from '@nestjs/microservices';
import type { RmqOptions } from '@nestjs/microservices';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { newQueue } from '../support/app.ts';
import { repliesConfirmed } from '../support/replies-confirmed.ts';
import { KeepingExporter, startOwnTracing } from './own-tracing.ts';

/** Stands in the way of a handler until it is opened. */
let gate: PromiseWithResolvers<void>;
let entered: PromiseWithResolvers<void>;
beforeEach(() => {
  gate = Promise.withResolvers();
  entered = Promise.withResolvers();
});
afterEach(() => gate.resolve());

interface AckingChannel {
  ack(message: object): void;
}

@Controller()
class SlowController {
  @EventPattern<string>('slow')
  async onSlow(): Promise<void> {
    entered.resolve();
    await gate.promise;
  }

  @EventPattern<string>('slow and acknowledged')
  async onAcknowledged(_data: unknown, @Ctx() ctx: RmqContext): Promise<void> {
    entered.resolve();
    await gate.promise;
    (ctx.getChannelRef() as AckingChannel).ack(ctx.getMessage());
  }

  @MessagePattern('question')
  answer(): string {
    return 'yes';
  }
}

async function startService(tracing: Tracing, noAck = true) {
  const queue = newQueue();
  const rmq: RmqOptions = {
    transport: Transport.RMQ,
    options: {
      urls: [inject('amqpUrl')],
      queue,
      noAck,
      queueOptions: { durable: false, autoDelete: true },
    },
  };
  @Module({ imports: [tracing.TracingModule], controllers: [SlowController] })
  class ServiceModule {}
  const service = tracing.attachTracing(
    await NestFactory.createMicroservice<RmqOptions>(ServiceModule, { ...rmq, logger: false }),
  );
  await service.listen();
  const client = ClientProxyFactory.create({ ...rmq, options: { ...rmq.options, noAck: true } });
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= repliesConfirmed(service).then(() => service.close()));
  return {
    queue,
    close,
    tell: (pattern: string) => firstValueFrom(client.emit(pattern, {}), { defaultValue: undefined }),
    ask: () => lastValueFrom(client.send<string>('question', {})),
    async [Symbol.asyncDispose]() {
      await client.close();
      await close();
    },
  };
}

/** Whether a promise has settled, once everything that was to happen by then has happened. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => (settled = true));
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

describe('an application that closes while a handler works', () => {
  it('34: shutdownTracing waits for the handler and sends its span', async () => {
    const exporter = new KeepingExporter();
    await using tracing = startOwnTracing({ exporter, shutdownTimeoutMs: 1_000_000 });
    await using service = await startService(tracing);
    await service.tell('slow');
    await entered.promise;
    await service.close();
    const stopping = tracing.shutdownTracing();
    expect(await isSettled(stopping)).toBe(false);
    gate.resolve();
    await stopping;
    expect(exporter.sent.map(({ name }) => name)).toEqual([`process ${service.queue}`]);
  });

  it('34: an acknowledgement that comes too late is recorded on the span, and thrown at nobody', async () => {
    const exporter = new KeepingExporter();
    await using tracing = startOwnTracing({ exporter, shutdownTimeoutMs: 1_000_000 });
    await using service = await startService(tracing, false);
    await service.tell('slow and acknowledged');
    await entered.promise;
    await service.close();
    const stopping = tracing.shutdownTracing();
    gate.resolve();
    await stopping;
    const [span] = exporter.sent;
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'Channel closed' });
    expect(span?.attributes['error.type']).toBe('IllegalOperationError');
    expect(span?.events.map(({ name }) => name)).toEqual(['exception']);
  });

  it('34: a handler that never ends is not waited for any longer than configured', async () => {
    await using tracing = startOwnTracing({ exporter: new KeepingExporter(), shutdownTimeoutMs: 50 });
    await using service = await startService(tracing);
    await service.tell('slow');
    await entered.promise;
    await service.close();
    await tracing.shutdownTracing();
    expect(await isSettled(gate.promise)).toBe(false);
  });
});

describe('shutting tracing down', () => {
  it('35: any number of times sends each span once and closes the exporter once', async () => {
    const exporter = new KeepingExporter();
    await using tracing = startOwnTracing({ exporter });
    trace.getTracer('app').startSpan('last').end();
    await Promise.all([tracing.shutdownTracing(), tracing.shutdownTracing()]);
    await tracing.shutdownTracing();
    trace.getTracer('app').startSpan('too late').end();
    expect([exporter.sent.map(({ name }) => name), exporter.shutdowns]).toEqual([['last'], 1]);
  });

  it('35: takes no longer than configured when the collector accepts and never answers', async () => {
    const connected = Promise.withResolvers<void>();
    const collector = createServer(() => connected.resolve()).listen(0, '127.0.0.1');
    await once(collector, 'listening');
    const { port } = collector.address() as AddressInfo;
    const onDrop = vi.fn<(count: number) => void>();
    await using tracing = startOwnTracing({
      exporter: `directZipkin(http://127.0.0.1:${port})`,
      exportTimeoutMs: 100_000,
      shutdownTimeoutMs: 200,
      onDrop,
    });
    trace.getTracer('app').startSpan('lost').end();
    // Were it to wait for the collector, the test would time out.
    await tracing.shutdownTracing();
    await connected.promise;
    expect(onDrop.mock.calls).toEqual([[1]]);
    collector.close();
  });
});

describe('an exporter that fails', () => {
  class Throwing extends SpanExporter {
    override send(): never {
      throw new Error('cannot send');
    }
  }
  class Rejecting extends SpanExporter {
    override send(): Promise<void> {
      return Promise.reject(new Error('cannot send'));
    }
    override shutdown(): Promise<void> {
      return Promise.reject(new Error('cannot shut down'));
    }
  }

  it.each([
    ['throws', () => new Throwing()],
    ['rejects', () => new Rejecting()],
    ['is not there', () => 'directZipkin(http://127.0.0.1:1)'],
  ])('35: is nothing that a handler or a shutdown hears of (it %s)', async (_, makeExporter) => {
    const onDrop = vi.fn<(count: number) => void>();
    await using tracing = startOwnTracing({
      exporter: makeExporter(),
      flushIntervalMs: 1,
      maxAttempts: 1,
      onDrop,
    });
    await using service = await startService(tracing);
    expect(await service.ask()).toBe('yes');
    await vi.waitFor(() => expect(onDrop).toHaveBeenCalled(), { timeout: 20_000, interval: 5 });
    expect(await service.ask()).toBe('yes');
    await service.close();
    await tracing.shutdownTracing();
    expect(onDrop.mock.calls.flat().reduce((sum, count) => sum + count, 0)).toBe(2);
  });
});
