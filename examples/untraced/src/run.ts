import 'reflect-metadata';
import { Controller, Get, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { consumerOf, type Queue } from './queues.js';
import { settings } from './settings.js';

const MAX_TEXT = '2mb';

@Controller('health')
class HealthController {
  @Get()
  health(): { readonly status: string } {
    return { status: 'ok' };
  }
}

/** Runs a service that consumes one queue, until SIGTERM or SIGINT. It answers HTTP when it takes messages. */
export async function run(name: string, module: Type, queue: Queue): Promise<void> {
  @Module({ imports: [module], controllers: [HealthController] })
  class Service {}

  const app = await NestFactory.create<NestExpressApplication>(Service, {
    bodyParser: false,
    logger: ['warn', 'error', 'fatal'],
  });
  app.useBodyParser('text', { type: 'text/plain', limit: MAX_TEXT });
  app.connectMicroservice(consumerOf(queue));
  const { promise: closed, resolve: hasClosed } = Promise.withResolvers<void>();
  let isClosing = false;
  const close = () => {
    isClosing = true;
    void app.close().finally(hasClosed);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, close);
  // Told to end while it waits for the broker: that wait never ends, and Node would complain of the main file's await.
  await Promise.race([app.startAllMicroservices(), closed]);
  if (isClosing) return;
  await app.listen(settings.port, settings.host);
  console.log(`${name} ready on ${await app.getUrl()}`);
}
