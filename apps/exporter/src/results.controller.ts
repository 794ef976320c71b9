import {
  AckInterceptor,
  ackAfter,
  emitConfirmed,
  parseResultMessage,
  type NotificationMessage,
  type ResultMessage,
} from '@distrace/messaging';
import { TraceContext } from '@distrace/tracing/core';
import { Controller, Inject, UseInterceptors } from '@nestjs/common';
import { Ctx, EventPattern, Payload, type ClientProxy, type RmqContext } from '@nestjs/microservices';
import { SpanKind } from '@opentelemetry/api';
import { ResultArchive } from './storage/result-archive.js';
import { INSERT_RESULT } from './storage/result-database.js';

/** Injection token of the client for the queue `notifications`. */
export const NOTIFICATIONS_CLIENT = Symbol('NOTIFICATIONS_CLIENT');

const SAVE_ATTRIBUTES = {
  'db.system.name': 'sqlite',
  'db.operation.name': 'INSERT',
  'db.collection.name': 'tasks',
  'db.query.text': INSERT_RESULT,
} as const;

/** The exporter of the thesis: saves a result, closes its span, then tells the client. */
@Controller()
@UseInterceptors(AckInterceptor)
export class ResultsController {
  readonly #notifications: Pick<ClientProxy, 'emit'>;
  readonly #archive: ResultArchive;

  constructor(
    @Inject(NOTIFICATIONS_CLIENT) notifications: Pick<ClientProxy, 'emit'>,
    @Inject(ResultArchive) archive: ResultArchive,
  ) {
    this.#notifications = notifications;
    this.#archive = archive;
  }

  @EventPattern<string>('results')
  async export(@Payload() data: unknown, @Ctx() context: RmqContext): Promise<void> {
    const received = parseResultMessage(data);
    const trace = TraceContext.current();
    const result = await inSpan(trace, 'Exporter span', { attributes: { 'task.id': received.id } }, () =>
      this.#save(received, trace),
    );
    // The Exporter span has ended: what is sent from here on is a child of the handler's span.
    const notification: NotificationMessage = { id: result.id, status: 'done', result };
    ackAfter(
      context,
      trace.run(() => emitConfirmed(this.#notifications, 'notifications', notification)),
    );
  }

  /** The result as it was saved first: a redelivered task may have been computed twice, but is saved once. */
  async #save(received: ResultMessage, trace: TraceContext): Promise<ResultMessage> {
    const options = { kind: SpanKind.CLIENT, attributes: SAVE_ATTRIBUTES };
    const saved = await inSpan(trace, 'save task', options, () => this.#archive.insert(received));
    await this.#archive.writeFile(saved);
    return saved;
  }
}

async function inSpan<T>(
  trace: TraceContext,
  name: string,
  options: Parameters<TraceContext['openNestedSpan']>[1],
  work: () => T | Promise<T>,
): Promise<T> {
  trace.openNestedSpan(name, options);
  try {
    const value = await trace.run(work);
    trace.closeCurrentSpan();
    return value;
  } catch (error) {
    trace.closeCurrentSpan({ error });
    throw error;
  }
}
