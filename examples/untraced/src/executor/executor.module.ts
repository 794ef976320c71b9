import { Module } from '@nestjs/common';
import { clientsFor } from '../queues.js';
import { Executor } from './executor.js';
import { TasksController } from './tasks.controller.js';

@Module({
  imports: [clientsFor('results', 'notifications')],
  controllers: [TasksController],
  providers: [Executor],
})
// oxlint-disable-next-line typescript/no-extraneous-class -- a Nest module is a class
export class ExecutorModule {}
