/** A small application for programs that Node runs as they stand, without a compiler for decorators. */
import 'reflect-metadata';
import type { DynamicModule, INestApplication, LoggerService } from '@nestjs/common';
import type { ClientProxy, RmqOptions } from '@nestjs/microservices';
import { repliesConfirmed } from '../../support/replies-confirmed.ts';

/** What a program makes of it. */
export interface QuestionAppOptions {
  readonly amqpUrl: string;
  readonly queue: string;
  readonly imports: readonly DynamicModule[];
  readonly logger: LoggerService | false;
  readonly instrument?: { readonly instanceDecorator: (instance: unknown) => unknown };
  /** Told of the connected microservice before it starts. */
  readonly attach?: (microservice: import('@nestjs/common').INestMicroservice) => unknown;
  /** Called inside both handlers. */
  readonly inHandler?: (handler: 'http' | 'rpc', context?: unknown) => void;
}

/** The application, started. */
export interface QuestionApp {
  readonly app: INestApplication;
  /** Question number 7. */
  readonly url: string;
  close(): Promise<void>;
}

/** `GET /questions/:id` asks the application's own queue, and answers what comes back. */
export async function startQuestionApp({
  amqpUrl,
  queue,
  imports,
  logger,
  instrument,
  attach,
  inHandler,
}: QuestionAppOptions): Promise<QuestionApp> {
  // Not at the top: what patches modules must be there before they are loaded.
  const { Controller, Get, Inject, Param } = await import('@nestjs/common');
  const { NestFactory } = await import('@nestjs/core');
  const { ClientsModule, Ctx, MessagePattern, Payload, Transport } = await import('@nestjs/microservices');
  const { lastValueFrom } = await import('rxjs');

  class QuestionsController {
    readonly #client: ClientProxy;
    constructor(client: ClientProxy) {
      this.#client = client;
    }
    async ask(id: string): Promise<string> {
      inHandler?.('http');
      return await lastValueFrom(this.#client.send<string>('question', id));
    }
    answer(id: string, context: unknown): string {
      inHandler?.('rpc', context);
      return `answer ${id}`;
    }
  }
  const { prototype } = QuestionsController;
  const descriptorOf = (key: 'ask' | 'answer') =>
    Object.getOwnPropertyDescriptor(prototype, key) as PropertyDescriptor;
  Inject('CLIENT')(QuestionsController, undefined, 0);
  Param('id')(prototype, 'ask', 0);
  Get(':id')(prototype, 'ask', descriptorOf('ask'));
  Payload()(prototype, 'answer', 0);
  Ctx()(prototype, 'answer', 1);
  MessagePattern('question')(prototype, 'answer', descriptorOf('answer'));
  Controller('questions')(QuestionsController);

  const rmq: RmqOptions = {
    transport: Transport.RMQ,
    options: { urls: [amqpUrl], queue, queueOptions: { durable: false, autoDelete: true } },
  };
  // oxlint-disable-next-line typescript/no-extraneous-class -- a module as Nest wants it, without decorators
  class QuestionsModule {}
  const app = await NestFactory.create(
    {
      module: QuestionsModule,
      imports: [...imports, ClientsModule.register([{ name: 'CLIENT', ...rmq }])],
      controllers: [QuestionsController],
    },
    { logger, ...(instrument === undefined ? {} : { instrument }) },
  );
  const microservice = app.connectMicroservice<RmqOptions>(rmq, { deferInitialization: true });
  attach?.(microservice);
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  return {
    app,
    url: `${await app.getUrl()}/questions/7`,
    async close() {
      await repliesConfirmed(microservice);
      await app.close();
    },
  };
}
