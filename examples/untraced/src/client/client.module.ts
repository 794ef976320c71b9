import { Module } from '@nestjs/common';
import { clientsFor } from '../queues.js';
import { NotificationsController } from './notifications.controller.js';
import { TasksController } from './tasks.controller.js';
import { TasksService } from './tasks.service.js';

@Module({
  imports: [clientsFor('tasks')],
  controllers: [TasksController, NotificationsController],
  providers: [TasksService],
})
// oxlint-disable-next-line typescript/no-extraneous-class -- a Nest module is a class
export class ClientModule {}
