import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload, type ClientProxy, type RmqContext } from '@nestjs/microservices';
import type { Notification, Result } from '../messages.js';
import { send, settle } from '../queues.js';
import { Exporter } from './exporter.js';

/** Results from the queue. */
@Controller()
export class ResultsController {
  constructor(
    private readonly exporter: Exporter,
    @Inject('notifications') private readonly client: ClientProxy,
  ) {}

  @EventPattern<string>('results')
  async handle(@Payload() result: Result, @Ctx() context: RmqContext): Promise<void> {
    await settle(context, async () => {
      const saved = await this.exporter.export(result);
      const notification: Notification = { id: saved.id, status: 'done', result: saved };
      await send(this.client, 'notifications', notification);
    });
  }
}
