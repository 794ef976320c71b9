import { MessagingModule } from '@distrace/messaging';
import { ZpagesModule } from '@distrace/zpages';
import { Module } from '@nestjs/common';
import { config } from './config.js';
import { ExecutorModule } from './executor.module.js';
import { TracingModule } from './tracing.js';

@Module({
  imports: [
    TracingModule,
    ZpagesModule.forRoot({ serviceName: 'executor', ...config.zpages }),
    MessagingModule.forService({ service: 'executor' }),
    ExecutorModule.forBroker({ url: config.amqpUrl, prefix: config.queuePrefix }),
  ],
})
// oxlint-disable-next-line typescript/no-extraneous-class -- a Nest module is a class
export class AppModule {}
