import 'reflect-metadata';
import { attachTracing, Span, TracingModule } from '@distrace/tracing';
import { createTracingHarness, expectTrace } from '@distrace/tracing/testing';
import type { TracingHarness } from '@distrace/tracing/testing';
import { Controller, Inject, Logger, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxy, ClientsModule, MessagePattern, Payload, Transport } from '@nestjs/microservices';
import type { RmqOptions } from '@nestjs/microservices';
import { catchError, of } from 'rxjs';
import supertest from 'supertest';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { newQueue } from '../support/app.ts';
import { repliesConfirmed } from '../support/replies-confirmed.ts';
import { endedSpan, endedSpans } from '../support/spans.ts';

class Checks {
  @Span()
  check(what: string): string {
    if (what === 'fails') throw new RangeError(what);
    return what;
  }
}
const checks = new Checks();

@Controller()
class HybridController {
  constructor(@Inject('CLIENT') private readonly client: ClientProxy) {}

  @Post('ask/:what')
  ask() {
    return this.client.send<string>('question', 'works');
  }

  @Post('fail')
  fail() {
    return this.client.send<string>('question', 'fails').pipe(catchError(() => of('failed')));
  }

  @MessagePattern('question')
  answer(@Payload() what: string): string {
    return checks.check(what);
  }
}

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness();
});
afterEach(() => tracing.close());

async function startHybrid(inheritAppConfig: boolean, deferInitialization: boolean) {
  const queue = newQueue();
  const rmq: RmqOptions = {
    transport: Transport.RMQ,
    options: { urls: [inject('amqpUrl')], queue, queueOptions: { durable: false, autoDelete: true } },
  };
  @Module({
    imports: [TracingModule.forRoot(), ClientsModule.register([{ name: 'CLIENT', ...rmq }])],
    controllers: [HybridController],
  })
  class HybridModule {}
  const app = await NestFactory.create(HybridModule, { logger: false });
  const warned = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
  const microservice = app.connectMicroservice<RmqOptions>(rmq, { inheritAppConfig, deferInitialization });
  attachTracing(microservice);
  const warnings = warned.mock.calls.map(([text]) => String(text));
  warned.mockRestore();
  await app.startAllMicroservices();
  await app.init();
  return {
    queue,
    warnings,
    http: app.getHttpServer(),
    async [Symbol.asyncDispose]() {
      await repliesConfirmed(microservice);
      await app.close();
    },
  };
}

const NEST_WARNING = /preRequest hooks: registration must occur before initialization/;

describe.each([
  { inheritAppConfig: false, deferInitialization: true, errorsShow: true },
  { inheritAppConfig: true, deferInitialization: true, errorsShow: true },
  { inheritAppConfig: true, deferInitialization: false, errorsShow: true },
  // Nest registers neither hook nor interceptor for this microservice: nothing of ours sees what handlers throw.
  { inheritAppConfig: false, deferInitialization: false, errorsShow: false },
])('a hybrid application with %o', ({ inheritAppConfig, deferInitialization, errorsShow }) => {
  it('24: traces a request and its message as one tree, each once', async () => {
    await using app = await startHybrid(inheritAppConfig, deferInitialization);
    await supertest(app.http).post('/ask/it').expect(201, 'works');
    expectTrace(await endedSpans(tracing, 4)).toHaveTree(`
      SERVER POST /ask/:what
        PRODUCER send ${app.queue}
          CONSUMER process ${app.queue}
            INTERNAL Checks.check
    `);
  });

  it('24: shows what a handler throws on the message’s span, where Nest lets anybody see it', async () => {
    await using app = await startHybrid(inheritAppConfig, deferInitialization);
    await supertest(app.http).post('/fail').expect(201, 'failed');
    const { attributes, status } = await endedSpan(tracing, `process ${app.queue}`);
    expect({ type: attributes['error.type'], code: status.code }).toEqual(
      errorsShow ? { type: 'RangeError', code: 2 } : { type: undefined, code: 0 },
    );
    expect(app.warnings.filter((text) => NEST_WARNING.test(text))).toHaveLength(deferInitialization ? 0 : 1);
  });
});
