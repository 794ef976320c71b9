import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { emitConfirmed, type NotificationMessage, type TaskMessage } from '@distrace/messaging';
import { TraceContext } from '@distrace/tracing/core';
import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import type { ClientProxy } from '@nestjs/microservices';
import type { TaskInput } from '../http/read-task-input.js';
import { OpenTasks } from './open-tasks.js';
import { preprocess } from './preprocess.js';
import { TaskRefusedError } from './task-refused-error.js';
import type { TaskRecord } from './task-record.js';
import { TaskStore } from './task-store.js';
import { TasksLockedError } from './tasks-locked-error.js';

/** Injection token of the client for the queue `tasks`. */
export const TASKS_CLIENT = Symbol('TASKS_CLIENT');
/** Injection token of {@link TasksOptions}. */
export const TASKS_OPTIONS = Symbol('TASKS_OPTIONS');

/** Options of {@link TasksService}. */
export interface TasksOptions {
  /** Milliseconds a submitter waits for the result. Default 30000. */
  readonly waitMs?: number;
  /** Milliseconds the broker has to come back, if it is away, and to confirm a task. Default 10000. */
  readonly sendTimeoutMs?: number;
  /** Milliseconds to wait for running tasks at shutdown. Default 10000. */
  readonly closeWaitMs?: number;
  /** Tasks that may be open at the same time. Default 1000. */
  readonly maxOpen?: number;
  /** Tasks kept. Default 10000. */
  readonly maxTasks?: number;
  /** Folder of `tasks.db`, created when missing. Default none: what became of the tasks is in memory only. */
  readonly dataDir?: string;
  /** The page of a trace, with `{traceId}` in it; answers then say where each task's trace is. Default none. */
  readonly traceUrl?: string;
}

/** Default of `sendTimeoutMs`. */
export const SEND_TIMEOUT_MS = 10_000;

/** Milliseconds between a send that the broker refused, or lost with its connection, and the next. */
const SEND_AGAIN_MS = 200;

/** The client of the thesis: accepts a task, preprocesses it, sends it, waits for the exporter. */
@Injectable()
export class TasksService implements OnModuleDestroy, OnApplicationShutdown {
  readonly #logger = new Logger('Tasks');
  readonly #client: Pick<ClientProxy, 'emit'>;
  readonly #options: Required<Omit<TasksOptions, 'maxTasks' | 'dataDir' | 'traceUrl'>>;
  readonly #store: TaskStore;
  readonly #open = new OpenTasks();
  readonly #stopWaiting = new AbortController();
  #closing = false;

  constructor(
    @Inject(TASKS_CLIENT) client: Pick<ClientProxy, 'emit'>,
    @Inject(TASKS_OPTIONS)
    {
      waitMs = 30_000,
      sendTimeoutMs = SEND_TIMEOUT_MS,
      closeWaitMs = 10_000,
      maxOpen = 1000,
      maxTasks = 10_000,
      dataDir,
    }: TasksOptions,
  ) {
    this.#client = client;
    this.#options = { waitMs, sendTimeoutMs, closeWaitMs, maxOpen };
    this.#store = new TaskStore({ folder: dataDir, maxTasks });
  }

  /**
   * Runs a task. Returns what is known of it when the wait is over: it may still be running.
   * @throws {TaskRefusedError} when it was not taken, or not confirmed by the broker.
   * @throws {TasksLockedError} when it could not be written down; it was not sent then.
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
    span.setBinaryAnnotation('task.id', id);
    const submittedAt = new Date().toISOString();
    const record = { id, kind, bytes, submittedAt, status: 'running', traceId: trace.getTraceId() } as const;
    try {
      if (this.#open.size >= this.#options.maxOpen) throw TaskRefusedError.full();
      this.#store.add(record);
    } catch (error) {
      trace.closeCurrentSpan({ error });
      throw error;
    }
    this.#open.begin(id, trace);
    // Begins before the task is sent: the notification may overtake the broker's confirmation.
    const answered = this.#open.wait(id, { ms: this.#options.waitMs, signal: this.#stopWaiting.signal });
    await this.#send(trace, { id, kind, text, submittedAt });
    await answered;
    return this.#latest(record);
  }

  /** What the exporter says of a task. It comes with the trace of the task, also when this client did not send it. */
  settle(notification: NotificationMessage): void {
    const { id } = notification;
    this.#store.settle(notification, { traceId: TraceContext.currentOrNull()?.getTraceId() });
    this.#open.end(id, notification.status === 'failed' ? { error: new Error(notification.error) } : {});
  }

  /** What a dead letter says of a task. Who gave the task up may have said why already, and knows better. */
  settleByDeadLetter(outcome: NotificationMessage): void {
    if (outcome.status === 'failed' && this.#store.get(outcome.id)?.status === 'failed') return;
    this.settle(outcome);
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

  /** After the drain: no notification comes any more. */
  onApplicationShutdown(): void {
    this.#store.close();
  }

  async #send(trace: TraceContext, task: TaskMessage): Promise<void> {
    try {
      await trace.run(() => this.#untilConfirmed(task));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#logger.warn(`task ${task.id} not confirmed by the broker: ${reason}`);
      this.#open.end(task.id, { error });
      throw TaskRefusedError.unsent(this.#markUnsent(task.id, reason), reason);
    }
  }

  #markUnsent(id: string, reason: string): TaskRecord {
    const unsent = { id, status: 'unsent' } as const;
    try {
      this.#store.markUnsent(id, `not confirmed by the broker: ${reason}`);
      return this.#latest(unsent);
    } catch (error) {
      if (!(error instanceof TasksLockedError)) throw error;
      this.#logger.warn(`task ${id} stays 'running' in the list: ${error.message}`);
      return unsent;
    }
  }

  /** Of a task that was sent, its id is worth more than a refusal: who sends it again has it twice. */
  #latest(record: TaskRecord): TaskRecord {
    try {
      return this.#store.get(record.id) ?? record;
    } catch (error) {
      if (!(error instanceof TasksLockedError)) throw error;
      return record;
    }
  }

  /**
   * Sends until the broker has confirmed, or the time is up. A broker that goes away in between loses the message
   * or only its confirmation; whoever gets the task twice does it once in effect.
   */
  async #untilConfirmed(task: TaskMessage): Promise<void> {
    const { sendTimeoutMs } = this.#options;
    const timeout = AbortSignal.timeout(sendTimeoutMs);
    const end = AbortSignal.any([timeout, this.#stopWaiting.signal]);
    for (;;) {
      try {
        return await unlessAborted(end, emitConfirmed(this.#client, 'tasks', task));
      } catch (error) {
        await delay(SEND_AGAIN_MS, undefined, { signal: end }).catch(() => undefined);
        if (!end.aborted) continue;
        if (error !== end.reason) throw error;
        throw new Error(
          timeout.aborted ? `no confirmation within ${sendTimeoutMs} ms` : 'the client is shutting down',
          { cause: error },
        );
      }
    }
  }
}

/** Rejects with the signal's reason when that comes first; what the promise becomes later is nobody's concern any more. */
async function unlessAborted(signal: AbortSignal, promise: Promise<void>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
