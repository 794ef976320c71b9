import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload, type RmqContext } from '@nestjs/microservices';
import type { Notification } from '../messages.js';
import { settle } from '../queues.js';
import { TasksService } from './tasks.service.js';

/** What became of the tasks. */
@Controller()
export class NotificationsController {
  constructor(private readonly tasks: TasksService) {}

  @EventPattern<string>('notifications')
  async handle(@Payload() notification: Notification, @Ctx() context: RmqContext): Promise<void> {
    await settle(context, async () => this.tasks.settle(notification));
  }
}
