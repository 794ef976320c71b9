import 'reflect-metadata';
import { attachTracing, Span, TracingModule } from '@distrace/tracing';
import { createTracingHarness, expectTrace } from '@distrace/tracing/testing';
import type { TracingHarness } from '@distrace/tracing/testing';
import { Controller, Inject, Injectable } from '@nestjs/common';
import {
  ClientProxy,
  ClientProxyFactory,
  ClientsModule,
  MessagePattern,
  Transport,
} from '@nestjs/microservices';
import type { RmqOptions } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { lastValueFrom, of } from 'rxjs';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { newQueue } from '../support/app.ts';
import { repliesConfirmed } from '../support/replies-confirmed.ts';
import { endedSpans } from '../support/spans.ts';

const rmqOf = (queue: string): RmqOptions => ({
  transport: Transport.RMQ,
  options: { urls: [inject('amqpUrl')], queue, queueOptions: { durable: false, autoDelete: true } },
});

@Injectable()
class Orders {
  constructor(@Inject('SHIPPING') private readonly shipping: ClientProxy) {}

  @Span()
  ship(): Promise<string> {
    return lastValueFrom(this.shipping.send<string>('ship', {}));
  }
}

@Controller()
class ShippingController {
  @MessagePattern('ship')
  ship(): string {
    return 'shipped';
  }
}

/** As an application has it, on a queue that no test ever has. */
const moduleBuilder = () =>
  Test.createTestingModule({
    imports: [
      TracingModule.forRoot(),
      ClientsModule.register([{ name: 'SHIPPING', ...rmqOf('never-in-tests') }]),
    ],
    controllers: [ShippingController],
    providers: [Orders],
  });

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness();
});
afterEach(() => tracing.close());

describe('a module of Test.createTestingModule', () => {
  it('32: with a client overridden by another one of RabbitMQ traces that one', async () => {
    const rmq = rmqOf(newQueue());
    const module = await moduleBuilder()
      .overrideProvider('SHIPPING')
      .useFactory({ factory: () => ClientProxyFactory.create(rmq) })
      .compile();
    const app = module.createNestApplication({ logger: false });
    const microservice = attachTracing(app.connectMicroservice(rmq, { deferInitialization: true }));
    await app.startAllMicroservices();
    await app.init();
    expect(await app.get(Orders).ship()).toBe('shipped');
    expectTrace(await endedSpans(tracing, 3)).toHaveTree(`
      INTERNAL Orders.ship
        PRODUCER send ${rmq.options?.queue}
          CONSUMER process ${rmq.options?.queue}
    `);
    await repliesConfirmed(microservice);
    await app.close();
  });

  it('32: with a client overridden by a stub leaves the stub as it is', async () => {
    const stub = Object.freeze({ send: () => of('stubbed') });
    const module = await moduleBuilder().overrideProvider('SHIPPING').useValue(stub).compile();
    const app = module.createNestApplication({ logger: false });
    await app.init();
    expect(app.get<unknown>('SHIPPING')).toBe(stub);
    expect(await app.get(Orders).ship()).toBe('stubbed');
    expectTrace(await endedSpans(tracing, 1)).toHaveTree('INTERNAL Orders.ship');
    await app.close();
  });
});
