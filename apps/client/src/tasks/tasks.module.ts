import { rmqClientOptions } from '@distrace/messaging';
import { Module, type DynamicModule } from '@nestjs/common';
import { ClientsModule } from '@nestjs/microservices';
import { NotificationsController } from './notifications.controller.js';
import { TasksController } from './tasks.controller.js';
import { TASKS_CLIENT, TASKS_OPTIONS, TasksService, type TasksOptions } from './tasks.service.js';

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
    return {
      module: TasksModule,
      imports: [
        ClientsModule.register([
          { name: TASKS_CLIENT, ...rmqClientOptions({ url, prefix, queue: 'tasks' }) },
        ]),
      ],
      controllers: [TasksController, NotificationsController],
      providers: [TasksService, { provide: TASKS_OPTIONS, useValue: options }],
      exports: [TasksService],
    };
  }
}
