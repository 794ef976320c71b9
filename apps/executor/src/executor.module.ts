import { ACK_OPTIONS, notifyFailure, rmqClientOptions, type AckOptions } from '@distrace/messaging';
import { Module, type DynamicModule } from '@nestjs/common';
import { ClientsModule, type ClientProxy } from '@nestjs/microservices';
import { WordCounter } from './counting/word-counter.js';
import { NOTIFICATIONS_CLIENT, RESULTS_CLIENT, TasksController } from './tasks.controller.js';

@Module({})
// oxlint-disable-next-line typescript/no-extraneous-class -- a Nest module is a class
export class ExecutorModule {
  static forBroker(broker: { readonly url: string; readonly prefix: string }): DynamicModule {
    return {
      module: ExecutorModule,
      imports: [
        ClientsModule.register([
          { name: RESULTS_CLIENT, ...rmqClientOptions({ ...broker, queue: 'results' }) },
          { name: NOTIFICATIONS_CLIENT, ...rmqClientOptions({ ...broker, queue: 'notifications' }) },
        ]),
      ],
      controllers: [TasksController],
      providers: [
        WordCounter,
        {
          provide: ACK_OPTIONS,
          inject: [NOTIFICATIONS_CLIENT],
          useFactory: (client: ClientProxy): AckOptions => ({ giveUp: notifyFailure(client) }),
        },
      ],
    };
  }
}
