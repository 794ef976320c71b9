import { rmqClientOptions } from '@distrace/messaging';
import { Module, type DynamicModule } from '@nestjs/common';
import { ClientsModule } from '@nestjs/microservices';
import { FailuresController } from './failures.controller.js';
import { NotificationsController } from './notifications.controller.js';
import { TasksController } from './tasks.controller.js';
import {
  SEND_TIMEOUT_MS,
  TASKS_CLIENT,
  TASKS_OPTIONS,
  TasksService,
  type TasksOptions,
} from './tasks.service.js';

/** Where the tasks go, and how long to wait for them. */
export interface TasksModuleOptions {
  readonly url: string;
  readonly prefix: string;
  readonly options?: TasksOptions;
}

@Module({})
// oxlint-disable-next-line typescript/no-extraneous-class -- a Nest module is a class
export class TasksModule {
  static forBroker({ url, prefix, options = {} }: TasksModuleOptions): DynamicModule {
    const { sendTimeoutMs: connectWaitMs = SEND_TIMEOUT_MS } = options;
    return {
      module: TasksModule,
      imports: [
        ClientsModule.register([
          { name: TASKS_CLIENT, ...rmqClientOptions({ url, prefix, queue: 'tasks', connectWaitMs }) },
        ]),
      ],
      controllers: [TasksController, NotificationsController, FailuresController],
      providers: [TasksService, { provide: TASKS_OPTIONS, useValue: options }],
      exports: [TasksService],
    };
  }
}
