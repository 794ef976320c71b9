import { AckInterceptor, parseNotificationMessage } from '@distrace/messaging';
import { Controller, Inject, UseInterceptors } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TasksService } from './tasks.service.js';

/** What comes back from the exporter. */
@Controller()
@UseInterceptors(AckInterceptor)
export class NotificationsController {
  readonly #tasks: TasksService;

  constructor(@Inject(TasksService) tasks: TasksService) {
    this.#tasks = tasks;
  }

  @EventPattern<string>('notifications')
  receive(@Payload() data: unknown): void {
    this.#tasks.settle(parseNotificationMessage(data));
  }
}
