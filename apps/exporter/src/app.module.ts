import { MessagingModule } from '@distrace/messaging';
import { ZpagesModule } from '@distrace/zpages';
import { Module } from '@nestjs/common';
import { config } from './config.js';
import { ExporterModule } from './exporter.module.js';
import { TracingModule } from './tracing.js';

@Module({
  imports: [
    TracingModule,
    ZpagesModule.forRoot({ serviceName: 'exporter', ...config.zpages }),
    MessagingModule.forService({ service: 'exporter' }),
    ExporterModule.forBroker({ url: config.amqpUrl, prefix: config.queuePrefix, dataDir: config.dataDir }),
  ],
})
// oxlint-disable-next-line typescript/no-extraneous-class -- a Nest module is a class
export class AppModule {}
