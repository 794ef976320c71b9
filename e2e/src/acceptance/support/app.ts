import { attachTracing, TracingModule } from '@distrace/tracing';
import type { TracingOptions } from '@distrace/tracing';
import { Module } from '@nestjs/common';
import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientsModule, Transport } from '@nestjs/microservices';
import type { ClientProxy, MicroserviceOptions, RmqOptions } from '@nestjs/microservices';
import { inject } from 'vitest';
import { repliesConfirmed } from './replies-confirmed.ts';

type Rmq = NonNullable<RmqOptions['options']>;

/** What an application of a test is made of; all of it optional. */
export interface AppOptions extends Pick<ModuleMetadata, 'controllers' | 'providers' | 'imports'> {
  /** Beside the defaults: the shared broker and a queue of its own that goes with its consumer. */
  readonly rmq?: Rmq;
  /** What the client has beside or instead of `rmq`. */
  readonly clientRmq?: Rmq;
  readonly tracing?: TracingOptions;
}

/** A hybrid application: HTTP, a RabbitMQ server, and a client of its queue under the token `CLIENT`. */
export interface StartedApp extends AsyncDisposable {
  readonly app: INestApplication;
  readonly client: ClientProxy;
  readonly queue: string;
  close(): Promise<void>;
}

let queues = 0;

/** A queue name that no other test has. */
export function newQueue(): string {
  return `acceptance-${process.pid}-${(queues += 1)}`;
}

/** Starts an application with {@link TracingModule} and {@link attachTracing}. Start a harness before. */
export async function startApp(options: AppOptions): Promise<StartedApp> {
  const { controllers = [], providers = [], imports = [], rmq, clientRmq, tracing } = options;
  const queue = rmq?.queue ?? newQueue();
  const serverOptions: Rmq = {
    urls: [inject('amqpUrl')],
    queueOptions: { durable: false, autoDelete: true },
    ...rmq,
    queue,
  };

  // A client consumes replies, which RabbitMQ sends to those only that do not acknowledge.
  const clientOptions = { ...serverOptions, noAck: true, ...clientRmq };

  @Module({
    imports: [
      TracingModule.forRoot(tracing),
      ClientsModule.register([{ name: 'CLIENT', transport: Transport.RMQ, options: clientOptions }]),
      ...imports,
    ],
    controllers,
    providers,
  })
  class AppModule {}

  const app = await NestFactory.create(AppModule, { logger: false });
  const microservice = app.connectMicroservice<MicroserviceOptions>(
    { transport: Transport.RMQ, options: serverOptions },
    { deferInitialization: true },
  );
  attachTracing(microservice);
  await app.startAllMicroservices();
  await app.init();
  const client = app.get<ClientProxy>('CLIENT');
  // An application that closes while a client connects leaves rejections that Nest handles nowhere.
  await client.connect();
  const close = async () => {
    await repliesConfirmed(microservice);
    await app.close();
  };
  return { app, client, queue, close, [Symbol.asyncDispose]: close };
}
