import 'reflect-metadata';
import { Controller, Inject, Injectable, Module, Scope } from '@nestjs/common';
import type { DynamicModule, INestApplication, Provider } from '@nestjs/common';
import { ContextIdFactory, LazyModuleLoader, ModuleRef, NestFactory } from '@nestjs/core';
import {
  Client,
  ClientProxy,
  ClientProxyFactory,
  ClientRMQ,
  ClientsModule,
  RmqRecordBuilder,
  Transport,
} from '@nestjs/microservices';
import type { MicroserviceOptions, RmqOptions } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { defer, lastValueFrom, of, retry } from 'rxjs';
import type { Observable } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTracing, TracingModule } from '../index.js';
import { createTracingHarness } from '../testing/index.js';
import type { TracingHarness } from '../testing/index.js';
import { connectToNothing } from './fake-broker.spec.helper.js';
import { traceClient } from './trace-own-client.js';

const RMQ = { transport: Transport.RMQ, options: { queue: 'orders' } } satisfies RmqOptions;

let tracing: TracingHarness;
let app: INestApplication | undefined;
beforeEach(() => {
  tracing = createTracingHarness();
});
afterEach(async () => {
  await app?.close();
  app = undefined;
  await tracing.close();
});

async function start(module: DynamicModule): Promise<INestApplication> {
  app = await NestFactory.create(module, { logger: false });
  return app.init();
}

function moduleWith(imports: DynamicModule[], providers: Provider[], controllers: (typeof Orders)[] = []) {
  @Module({})
  class AppModule {}
  return { module: AppModule, imports: [TracingModule.forRoot(), ...imports], providers, controllers };
}

/** Emits once and answers how many producer spans there are, one of them the message's. */
async function emitted(client: ClientProxy): Promise<number> {
  const sent = connectToNothing(client);
  await lastValueFrom(client.emit('placed', { id: 7 }), { defaultValue: undefined });
  expect(sent).toHaveLength(1);
  const spans = tracing.spans.ended.filter((span) => span.name === 'send orders');
  expect(sent[0]?.headers['traceparent']).toContain(spans[0]?.spanContext().spanId);
  tracing.spans.clear();
  return spans.length;
}

@Controller()
class Orders {
  @Client(RMQ) readonly assigned!: ClientProxy;
  readonly made = ClientProxyFactory.create(RMQ);
}

@Injectable()
class Billing {
  @Client(RMQ) readonly assigned!: ClientProxy;

  get dangerous(): never {
    throw new Error('nobody calls this');
  }
}

describe('a client is traced once', () => {
  class OwnClient extends ClientRMQ {}

  it.each<[string, DynamicModule[], Provider[]]>([
    ['ClientsModule.register', [ClientsModule.register([{ name: 'CLIENT', ...RMQ }])], []],
    [
      'ClientsModule.register, imported twice',
      [
        ClientsModule.register({ isGlobal: true, clients: [{ name: 'CLIENT', ...RMQ }] }),
        ClientsModule.register([{ name: 'CLIENT', ...RMQ }]),
      ],
      [],
    ],
    [
      'ClientsModule.registerAsync',
      [ClientsModule.registerAsync([{ name: 'CLIENT', useFactory: () => Promise.resolve(RMQ) }])],
      [],
    ],
    ['useFactory', [], [{ provide: 'CLIENT', useFactory: () => ClientProxyFactory.create(RMQ) }]],
    [
      'an asynchronous useFactory',
      [],
      [{ provide: 'CLIENT', useFactory: () => Promise.resolve(ClientProxyFactory.create(RMQ)) }],
    ],
    ['useValue', [], [{ provide: 'CLIENT', useValue: ClientProxyFactory.create(RMQ) }]],
    [
      'a subclass',
      [],
      [
        { provide: 'OPTIONS', useValue: RMQ.options },
        {
          provide: 'CLIENT',
          inject: ['OPTIONS'],
          useFactory: (options: RmqOptions['options']) => new OwnClient(options as never),
        },
      ],
    ],
    [
      'useExisting',
      [],
      [
        { provide: 'FIRST', useFactory: () => ClientProxyFactory.create(RMQ) },
        { provide: 'CLIENT', useExisting: 'FIRST' },
      ],
    ],
  ])('by %s', async (_way, imports, providers) => {
    const started = await start(moduleWith(imports, providers));
    expect(await emitted(started.get<ClientProxy>('CLIENT'))).toBe(1);
  });

  it('by @Client() and by its owner’s constructor, on controllers and providers', async () => {
    const started = await start(moduleWith([], [Billing], [Orders]));
    expect(await emitted(started.get(Orders).assigned)).toBe(1);
    expect(await emitted(started.get(Orders).made)).toBe(1);
    expect(await emitted(started.get(Billing).assigned)).toBe(1);
  });

  it('by @Client() in a hybrid application, where Nest makes it anew for each microservice', async () => {
    class Strategy {
      readonly listen = (callback: () => void) => callback();
      readonly close = () => undefined;
      readonly addHandler = () => undefined;
    }
    const started = await start(moduleWith([], [Billing]));
    const before = started.get(Billing).assigned;
    started.connectMicroservice<MicroserviceOptions>(
      { strategy: new Strategy() as never },
      { deferInitialization: true },
    );
    await started.startAllMicroservices();
    expect(started.get(Billing).assigned).not.toBe(before);
    expect(await emitted(started.get(Billing).assigned)).toBe(1);
  });

  it('by the instrument and by discovery', async () => {
    const { TracingModule: module, TracingInstrument } = createTracing();
    @Module({ imports: [module, ClientsModule.register([{ name: 'CLIENT', ...RMQ }])] })
    class AppModule {}
    app = await NestFactory.create(AppModule, { logger: false, instrument: TracingInstrument });
    await app.init();
    expect(await emitted(app.get<ClientProxy>('CLIENT'))).toBe(1);
  });

  it('by hand', async () => {
    const client = traceClient(ClientProxyFactory.create(RMQ));
    expect(traceClient(client, { destinationTemplate: () => 'other' })).toBe(client);
    expect(await emitted(client)).toBe(1);
  });

  it('by a factory of each request', async () => {
    const factory = { provide: 'CLIENT', useFactory: () => ClientProxyFactory.create(RMQ) };
    const async = {
      provide: 'ASYNC',
      useFactory: () => Promise.resolve(ClientProxyFactory.create(RMQ)),
    };
    const providers = [factory, async].map((provider) => ({ ...provider, scope: Scope.REQUEST }));
    const started = await start(moduleWith([], providers));
    const request = ContextIdFactory.create();
    const first = await started.resolve<ClientProxy>('CLIENT', request);
    const second = await started.resolve<ClientProxy>('CLIENT', ContextIdFactory.create());
    expect(first).not.toBe(second);
    expect(await emitted(first)).toBe(1);
    expect(await emitted(second)).toBe(1);
    expect(await emitted(await started.resolve<ClientProxy>('ASYNC', request))).toBe(1);
  });

  it('by a transient factory, for each that injects it', async () => {
    @Injectable()
    class Early {
      constructor(@Inject('CLIENT') readonly client: ClientProxy) {}
    }
    const factory = {
      provide: 'CLIENT',
      scope: Scope.TRANSIENT,
      useFactory: () => ClientProxyFactory.create(RMQ),
    };
    const started = await start(moduleWith([], [factory, Early]));
    expect(await emitted(started.get(Early).client)).toBe(1);
    expect(await emitted(await started.resolve<ClientProxy>('CLIENT'))).toBe(1);
  });

  it('in a request-scoped provider and one that ModuleRef creates', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class PerRequest {
      constructor(@Inject('CLIENT') readonly client: ClientProxy) {}
    }
    const clients = ClientsModule.register([{ name: 'CLIENT', ...RMQ }]);
    @Injectable()
    class Maker {
      constructor(@Inject(ModuleRef) readonly moduleRef: ModuleRef) {}
    }
    const started = await start(moduleWith([clients], [PerRequest, Maker]));
    expect(await emitted((await started.resolve(PerRequest)).client)).toBe(1);
    const created = await started.get(Maker).moduleRef.create(PerRequest);
    expect(await emitted(created.client)).toBe(1);
  });

  it('in a module that is loaded lazily', async () => {
    const lazy = ClientsModule.register([{ name: 'CLIENT', ...RMQ }]);
    const started = await start(moduleWith([], []));
    const loaded = await started.get(LazyModuleLoader).load(() => lazy, { logger: false });
    expect(await emitted(loaded.get<ClientProxy>('CLIENT'))).toBe(1);
    const again = await started.get(LazyModuleLoader).load(() => lazy, { logger: false });
    expect(await emitted(again.get<ClientProxy>('CLIENT'))).toBe(1);
  });
});

describe('a client with an emit of its own', () => {
  class Lazy extends ClientRMQ {
    override emit(pattern: unknown, data: unknown): Observable<never> {
      return defer(() => super.emit<never, unknown>(pattern, data)).pipe(retry(1));
    }
  }

  it('sends and traces each message once, however its emit works', async () => {
    const client = traceClient(new Lazy({ queue: 'orders' }));
    const sent = connectToNothing(client);
    const emitted$ = client.emit('placed', { id: 7 });
    expect(sent).toEqual([]);
    await lastValueFrom(emitted$, { defaultValue: undefined });
    expect(sent).toHaveLength(1);
    const span = tracing.spans.named('send orders');
    expect(sent[0]?.headers['traceparent']).toContain(span.spanContext().spanId);
  });

  it('has failed where the message could not be sent', async () => {
    const client = traceClient(new Lazy({ queue: 'orders' }));
    connectToNothing(client);
    Object.assign(client, {
      channel: {
        sendToQueue: (_queue: string, _content: Buffer, _options: object, confirm: (error: Error) => void) =>
          confirm(new Error('refused')),
      },
    });
    await expect(lastValueFrom(client.emit('placed', 1), { defaultValue: undefined })).rejects.toThrow(
      'refused',
    );
    const spans = tracing.spans.ended.filter((span) => span.name === 'send orders');
    expect(spans.map((span) => span.status.message)).toEqual(['refused', 'refused']);
  });

  it('may be a spy that answers nothing', () => {
    const client = new ClientRMQ({ queue: 'orders' });
    vi.spyOn(client, 'emit').mockReturnValue(undefined as never);
    expect(traceClient(client).emit('placed', 1)).toBeUndefined();
  });
});

describe('the context that a caller has put into a message', () => {
  it.each([
    ['tracecontext', { TraceParent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }],
    ['b3', { 'X-B3-TraceId': 'a'.repeat(32), 'X-B3-SpanId': Buffer.from('b'.repeat(16)) }],
    ['b3multi', { b3: `${'a'.repeat(32)}-${'b'.repeat(16)}-1` }],
  ] as const)('stays, and is linked: %s', async (format, headers) => {
    await tracing.close();
    tracing = createTracingHarness({ propagation: [format] });
    const client = traceClient(new ClientRMQ({ queue: 'orders' }));
    const sent = connectToNothing(client);
    const record = new RmqRecordBuilder({ id: 7 }).setOptions({ headers: headers as never }).build();
    await lastValueFrom(client.emit('placed', record), { defaultValue: undefined });
    expect(sent[0]?.headers).toEqual(headers);
    expect(record.options?.headers).toBe(headers);
    const { links, parentSpanContext } = tracing.spans.named('send orders');
    expect(links.map((link) => link.context.spanId)).toEqual(['b'.repeat(16)]);
    expect(parentSpanContext).toBeUndefined();
  });

  it('is none in another format than the one that is written', async () => {
    const client = traceClient(new ClientRMQ({ queue: 'orders' }));
    const sent = connectToNothing(client);
    const record = new RmqRecordBuilder({}).setOptions({ headers: { b3: 'theirs' } }).build();
    await lastValueFrom(client.emit('placed', record), { defaultValue: undefined });
    expect(sent[0]?.headers).toEqual({
      b3: 'theirs',
      traceparent: expect.any(String) as string,
      timestamp_in_ms: expect.any(Number) as number,
    });
  });
});

describe('what is no client of RabbitMQ', () => {
  it.each<[string, object]>([
    ['nothing but a name', Object.create(ClientRMQ.prototype) as object],
    ['methods only', { emit: () => of('emitted'), send: () => of('sent') }],
    [
      'an automatic mock',
      Object.assign(Object.create(ClientRMQ.prototype) as object, { emit: () => of('x') }),
    ],
    [
      'a trap',
      new Proxy(
        {},
        {
          getPrototypeOf: () => {
            throw new Error('not for you');
          },
        },
      ),
    ],
  ])('is left as it is when a test puts %s in its place', async (_kind, fake) => {
    const clients = ClientsModule.register([{ name: 'CLIENT', ...RMQ }]);
    const testing = await Test.createTestingModule({ imports: [moduleWith([clients], [])] })
      .overrideProvider('CLIENT')
      .useValue(fake)
      .compile();
    app = await testing.createNestApplication({ logger: false }).init();
    expect(app.get('CLIENT')).toBe(fake);
    expect(Object.getOwnPropertySymbols(fake)).toEqual([]);
  });

  it('is answered as it came by traceClient', () => {
    const other = ClientProxyFactory.create({ transport: Transport.TCP });
    expect(traceClient(other)).toBe(other);
    expect(Object.hasOwn(other, 'emit')).toBe(false);
  });

  it('is nothing at all with messaging: false', async () => {
    const clients = ClientsModule.register([{ name: 'CLIENT', ...RMQ }]);
    const module = moduleWith([clients], []);
    const started = await start({
      ...module,
      imports: [TracingModule.forRoot({ messaging: false }), clients],
    });
    expect(Object.hasOwn(started.get<ClientProxy>('CLIENT'), 'emit')).toBe(false);
  });
});
