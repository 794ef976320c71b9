import { AckInterceptor, FAILURES, readDeadLetter } from '@distrace/messaging';
import { Controller, Inject, UseInterceptors } from '@nestjs/common';
import { Ctx, EventPattern, Payload, type RmqContext } from '@nestjs/microservices';
import { TasksService } from './tasks.service.js';

/** The dead letters. What is about no task is acknowledged like the rest: the kept queue has it for a person. */
@Controller()
@UseInterceptors(AckInterceptor)
export class FailuresController {
  readonly #tasks: TasksService;

  constructor(@Inject(TasksService) tasks: TasksService) {
    this.#tasks = tasks;
  }

  @EventPattern<string>(FAILURES)
  receive(@Payload() body: unknown, @Ctx() context: RmqContext): void {
    const { headers } = (context.getMessage() as DeadLetter).properties;
    const outcome = readDeadLetter(body, headers);
    if (outcome !== undefined) this.#tasks.settleByDeadLetter(outcome);
  }
}

interface DeadLetter {
  readonly properties: { readonly headers?: Readonly<Record<string, unknown>> };
}
