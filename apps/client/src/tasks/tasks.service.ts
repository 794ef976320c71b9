import { randomUUID } from 'node:crypto';
import { emitConfirmed, type NotificationMessage, type TaskMessage } from '@distrace/messaging';
import { TraceContext } from '@distrace/tracing/core';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { ClientProxy } from '@nestjs/microservices';
import type { TaskInput } from '../http/read-task-input.js';
import { OpenTasks } from './open-tasks.js';
import { preprocess } from './preprocess.js';
import { TaskRefusedError } from './task-refused-error.js';
import type { TaskRecord } from './task-record.js';
import { TaskStore } from './task-store.js';

/** Injection token of the client for the queue `tasks`. */
export const TASKS_CLIENT = Symbol('TASKS_CLIENT');
/** Injection token of {@link TasksOptions}. */
export const TASKS_OPTIONS = Symbol('TASKS_OPTIONS');

/** Options of {@link TasksService}. */
export interface TasksOptions {
  /** Milliseconds a submitter waits for the result. Default 30000. */
  readonly waitMs?: number;
  /** Milliseconds the broker has to confirm a task. Default 10000. */
  readonly sendTimeoutMs?: number;
  /** Milliseconds to wait for running tasks at shutdown. Default 10000. */
  readonly closeWaitMs?: number;
  /** Tasks kept in memory. Default 1000. */
  readonly maxTasks?: number;
}

/** The client of the thesis: accepts a task, preprocesses it, sends it, waits for the exporter. */
@Injectable()
export class TasksService implements OnModuleDestroy {
  readonly #logger = new Logger('Tasks');
  readonly #client: Pick<ClientProxy, 'emit'>;
  readonly #options: Required<Omit<TasksOptions, 'maxTasks'>>;
  readonly #store: TaskStore;
  readonly #open = new OpenTasks();
  readonly #stopWaiting = new AbortController();
  #closing = false;

  constructor(
    @Inject(TASKS_CLIENT) client: Pick<ClientProxy, 'emit'>,
    @Inject(TASKS_OPTIONS)
    { waitMs = 30_000, sendTimeoutMs = 10_000, closeWaitMs = 10_000, maxTasks = 1000 }: TasksOptions,
  ) {
    this.#client = client;
    this.#options = { waitMs, sendTimeoutMs, closeWaitMs };
    this.#store = new TaskStore({ maxTasks });
  }

  /**
   * Runs a task. Returns what is known of it when the wait is over: it may still be running.
   * @throws {TaskRefusedError} when it was not taken, or not confirmed by the broker.
   */
  async submit({ text: received, kind }: TaskInput): Promise<TaskRecord> {
    if (this.#closing) throw TaskRefusedError.closing();
    const trace = TraceContext.current();
    const span = trace.openNestedSpan('Main Client Span').addAnnotation('tskReceived');
    const text = preprocess(received);
    const bytes = Buffer.byteLength(text);
    span.setBinaryAnnotation('task.bytes', bytes, { carried: true }).addFlag('top-words');
    span.addAnnotation('tskPreprocessed');

    const id = randomUUID();
    const submittedAt = new Date().toISOString();
    const record = { id, kind, bytes, submittedAt, status: 'running', traceId: trace.getTraceId() } as const;
    if (!this.#store.add(record)) {
      const refusal = TaskRefusedError.full();
      trace.closeCurrentSpan({ error: refusal });
      throw refusal;
    }
    this.#open.begin(id, trace);
    // Begins before the task is sent: the notification may overtake the broker's confirmation.
    const answered = this.#open.wait(id, { ms: this.#options.waitMs, signal: this.#stopWaiting.signal });
    await this.#send(trace, { id, kind, text, submittedAt });
    await answered;
    return this.#store.get(id) ?? record;
  }

  /** What the exporter says of a task. It comes with the trace of the task, also when this client did not send it. */
  settle(notification: NotificationMessage): void {
    const { id } = notification;
    this.#store.settle(notification, { traceId: TraceContext.currentOrNull()?.getTraceId() });
    this.#open.end(id, notification.status === 'failed' ? { error: new Error(notification.error) } : {});
  }

  find(id: string): TaskRecord | undefined {
    return this.#store.get(id);
  }

  /** Latest first. */
  list(limit: number): readonly TaskRecord[] {
    return this.#store.list(limit);
  }

  /** Before the consumer stops: who waits gets an answer, a late one if need be. */
  async onModuleDestroy(): Promise<void> {
    this.#closing = true;
    await this.#open.untilNobodyWaits(this.#options.closeWaitMs);
    this.#stopWaiting.abort();
    this.#open.endAll();
  }

  async #send(trace: TraceContext, task: TaskMessage): Promise<void> {
    try {
      const confirmed = trace.run(() => emitConfirmed(this.#client, 'tasks', task));
      await within(this.#options.sendTimeoutMs, confirmed);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#logger.warn(`task ${task.id} not confirmed by the broker: ${reason}`);
      this.#store.markUnsent(task.id, `not confirmed by the broker: ${reason}`);
      this.#open.end(task.id, { error });
      throw TaskRefusedError.unsent(this.#store.get(task.id) ?? { id: task.id, status: 'unsent' }, reason);
    }
  }
}

/** Rejects when the promise takes longer; what it becomes later is nobody's concern any more. */
async function within(ms: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no confirmation within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
