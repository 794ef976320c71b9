import { FAILURES, connectQueue } from '@distrace/messaging';
import type { RunningService } from '@distrace/nest-server';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { config } from './config.js';
import { configureHttp } from './http/configure-http.js';
import { TracingInstrument, attachTracing, shutdownTracing } from './tracing.js';

/** Starts the client: HTTP at once, the queues `notifications` and `failures` as soon as the broker is there. */
export async function startClient(): Promise<RunningService> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, {
    instrument: TracingInstrument,
    logger: ['warn', 'error', 'fatal'],
    abortOnError: false,
    bodyParser: false,
  });
  configureHttp(app);
  for (const queue of ['notifications', FAILURES] as const) {
    attachTracing(connectQueue(app, { url: config.amqpUrl, prefix: config.queuePrefix, queue }));
  }
  await app.listen(config.port, config.host);
  return {
    address: await app.getUrl(),
    ready: app.startAllMicroservices(),
    close: async () => {
      await app.close();
      await shutdownTracing();
    },
  };
}
