import { connectQueue } from '@distrace/messaging';
import type { RunningService } from '@distrace/nest-server';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { config } from './config.js';
import { TracingInstrument, attachTracing, shutdownTracing } from './tracing.js';

/** Starts the exporter: `GET /health` at once, the queue `results` as soon as the broker is there. */
export async function startExporter(): Promise<RunningService> {
  const app = await NestFactory.create(AppModule, {
    instrument: TracingInstrument,
    logger: ['warn', 'error', 'fatal'],
    abortOnError: false,
  });
  const queue = connectQueue(app, { url: config.amqpUrl, prefix: config.queuePrefix, queue: 'results' });
  attachTracing(queue);
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
