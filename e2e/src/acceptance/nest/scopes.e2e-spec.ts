import 'reflect-metadata';
import { Span } from '@distrace/tracing';
import { createTracingHarness, expectTrace } from '@distrace/tracing/testing';
import type { TracingHarness } from '@distrace/tracing/testing';
import { Controller, Get, Inject, Injectable, Module, Param, Scope } from '@nestjs/common';
import { ContextIdFactory, LazyModuleLoader, ModuleRef } from '@nestjs/core';
import type { ContextId, ContextIdStrategy, HostComponentInfo } from '@nestjs/core';
import { ClientProxy, ClientsModule, MessagePattern, Payload, Transport } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import supertest from 'supertest';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { newQueue, startApp } from '../support/app.ts';
import type { StartedApp } from '../support/app.ts';
import { endedSpans } from '../support/spans.ts';

@Injectable({ scope: Scope.REQUEST })
class PerRequest {
  @Span()
  work(what: string): string {
    return what;
  }
}

@Injectable({ scope: Scope.REQUEST, durable: true })
class PerTenant {
  calls = 0;

  @Span()
  work(): number {
    return (this.calls += 1);
  }
}

@Injectable()
class Created {
  @Span()
  work(what: string): string {
    return what;
  }
}

@Injectable()
class Lazy {
  constructor(@Inject('LAZY') readonly client: ClientProxy) {}

  @Span()
  ask(what: string): Promise<string> {
    return lastValueFrom(this.client.send<string>('scoped', what));
  }
}

const queue = newQueue();

@Module({
  imports: [
    ClientsModule.register([
      {
        name: 'LAZY',
        transport: Transport.RMQ,
        options: {
          urls: [inject('amqpUrl')],
          queue,
          queueOptions: { durable: false, autoDelete: true },
        },
      },
    ]),
  ],
  providers: [Lazy],
})
class LazyModule {}

@Controller()
class RequestScopedController {
  constructor(@Inject(PerRequest) private readonly service: PerRequest) {}

  @Get('scoped/:what')
  get(@Param('what') what: string): string {
    return this.service.work(what);
  }

  @MessagePattern('scoped')
  answer(@Payload() what: string): string {
    return this.service.work(what);
  }
}

@Controller()
class DurableController {
  constructor(@Inject(PerTenant) private readonly service: PerTenant) {}

  @MessagePattern('durable')
  answer(): number {
    return this.service.work();
  }
}

@Controller()
class CreatingController {
  constructor(
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
    @Inject(LazyModuleLoader) private readonly loader: LazyModuleLoader,
  ) {}

  @MessagePattern('create')
  async create(@Payload() what: string): Promise<string> {
    return (await this.moduleRef.create(Created)).work(what);
  }

  @Get('lazy/:what')
  async lazy(@Param('what') what: string): Promise<string> {
    const lazy = await this.loader.load(() => LazyModule);
    return lazy.get(Lazy).ask(what);
  }
}

/** One sub-tree of providers for everybody: the tenants of a durable provider are not the subject. */
class OneTenant implements ContextIdStrategy {
  readonly #tenant = ContextIdFactory.create();
  attach(contextId: ContextId) {
    return (info: HostComponentInfo) => (info.isTreeDurable ? this.#tenant : contextId);
  }
}

let tracing: TracingHarness;
let app: StartedApp;
beforeAll(async () => {
  tracing = createTracingHarness();
  ContextIdFactory.apply(new OneTenant());
  app = await startApp({
    rmq: { queue },
    controllers: [RequestScopedController, DurableController, CreatingController],
    providers: [PerRequest, PerTenant],
  });
});
afterEach(() => tracing.spans.clear());
afterAll(async () => {
  await app.close();
  await tracing.close();
});

const ask = <T>(pattern: string, what: string): Promise<T> =>
  lastValueFrom(app.client.send<T>(pattern, what));

const expectTree = async (count: number, tree: string) =>
  expectTrace(await endedSpans(tracing, count)).toHaveTree(tree);

describe('scopes and modules of Nest', () => {
  it('26: a request-scoped controller is traced over RabbitMQ', async () => {
    expect(await ask('scoped', 'a')).toBe('a');
    await expectTree(
      3,
      `PRODUCER send ${queue}
         CONSUMER process ${queue}
           INTERNAL PerRequest.work`,
    );
  });

  it('26: a request-scoped controller is traced over HTTP', async () => {
    await supertest(app.app.getHttpServer()).get('/scoped/a').expect(200, 'a');
    await expectTree(
      2,
      `SERVER GET /scoped/:what
         INTERNAL PerRequest.work`,
    );
  });

  it('26: a durable provider that outlives its message works for the next one in that one’s trace', async () => {
    const tree = `PRODUCER send ${queue}
         CONSUMER process ${queue}
           INTERNAL PerTenant.work`;
    expect(await ask('durable', 'a')).toBe(1);
    await expectTree(3, tree);
    tracing.spans.clear();
    expect(await ask('durable', 'b')).toBe(2);
    await expectTree(3, tree);
  });

  it('26: what ModuleRef.create makes is traced where it works', async () => {
    expect(await ask('create', 'a')).toBe('a');
    await expectTree(
      3,
      `PRODUCER send ${queue}
         CONSUMER process ${queue}
           INTERNAL Created.work`,
    );
  });

  it('26: a client of a lazily loaded module is traced, from its first message on', async () => {
    await supertest(app.app.getHttpServer()).get('/lazy/a').expect(200, 'a');
    await expectTree(
      5,
      `SERVER GET /lazy/:what
         INTERNAL Lazy.ask
           PRODUCER send ${queue}
             CONSUMER process ${queue}
               INTERNAL PerRequest.work`,
    );
    const { client } = (await app.app.get(LazyModuleLoader).load(() => LazyModule)).get(Lazy);
    await client.close();
  });
});
