import { AckInterceptor, ackAfter, emitConfirmed, parseTaskMessage } from '@distrace/messaging';
import { TraceContext } from '@distrace/tracing/core';
import { Controller, Inject, UseInterceptors } from '@nestjs/common';
import { Ctx, EventPattern, Payload, type ClientProxy, type RmqContext } from '@nestjs/microservices';
import { WordCounter } from './counting/word-counter.js';

/** Injection token of the client for the queue `results`. */
export const RESULTS_CLIENT = Symbol('RESULTS_CLIENT');
/** Injection token of the client for the queue `notifications`, used only when a task is given up. */
export const NOTIFICATIONS_CLIENT = Symbol('NOTIFICATIONS_CLIENT');

/** The executor of the thesis: computes a task and sends the result on without waiting for it. */
@Controller()
@UseInterceptors(AckInterceptor)
export class TasksController {
  readonly #results: Pick<ClientProxy, 'emit'>;
  readonly #counter: WordCounter;

  constructor(
    @Inject(RESULTS_CLIENT) results: Pick<ClientProxy, 'emit'>,
    @Inject(WordCounter) counter: WordCounter,
  ) {
    this.#results = results;
    this.#counter = counter;
  }

  @EventPattern<string>('tasks')
  async execute(@Payload() data: unknown, @Ctx() context: RmqContext): Promise<void> {
    const task = parseTaskMessage(data);
    const trace = TraceContext.current();
    const span = trace.openNestedSpan('Executor span').setBinaryAnnotation('task.id', task.id);
    try {
      const summary = await this.#counter.count(task.text, trace, { topWords: span.hasFlag('top-words') });
      const receivedBytes: unknown = span.getBinaryAnnotation('task.bytes');
      const result = { id: task.id, ...summary, ...(isByteCount(receivedBytes) ? { receivedBytes } : {}) };
      ackAfter(
        context,
        trace.run(() => emitConfirmed(this.#results, 'results', result)),
      );
    } catch (error) {
      trace.closeCurrentSpan({ error });
      throw error;
    }
    trace.closeCurrentSpan();
  }
}

/** What is carried came over the network and may be anything; a wrong one must not fail a valid task. */
function isByteCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
