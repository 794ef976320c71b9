import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload, type ClientProxy, type RmqContext } from '@nestjs/microservices';
import type { Notification, Task } from '../messages.js';
import { send, settle } from '../queues.js';
import { Executor } from './executor.js';

/** Tasks from the queue. */
@Controller()
export class TasksController {
  constructor(
    private readonly executor: Executor,
    @Inject('notifications') private readonly client: ClientProxy,
  ) {}

  @EventPattern<string>('tasks')
  async handle(@Payload() task: Task, @Ctx() context: RmqContext): Promise<void> {
    await settle(
      context,
      async () => {
        const { confirmed } = await this.executor.execute(task);
        await confirmed;
      },
      async ({ message }) => {
        const notification: Notification = { id: task.id, status: 'failed', error: message };
        await send(this.client, 'notifications', notification);
      },
    );
  }
}
