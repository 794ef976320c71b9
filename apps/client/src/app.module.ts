import { MessagingModule } from '@distrace/messaging';
import { ZpagesModule } from '@distrace/zpages';
import { Module } from '@nestjs/common';
import { config } from './config.js';
import { TasksModule } from './tasks/tasks.module.js';
import { TracingModule } from './tracing.js';

@Module({
  imports: [
    TracingModule,
    ZpagesModule.forRoot({ serviceName: 'client', ...config.zpages }),
    MessagingModule.forService({ service: 'client' }),
    TasksModule.forBroker({
      url: config.amqpUrl,
      prefix: config.queuePrefix,
      options: {
        waitMs: config.taskWaitMs,
        sendTimeoutMs: config.taskSendTimeoutMs,
        dataDir: config.dataDir,
        traceUrl: config.zpages.traceUrl,
      },
    }),
  ],
})
// oxlint-disable-next-line typescript/no-extraneous-class -- a Nest module is a class
export class AppModule {}
