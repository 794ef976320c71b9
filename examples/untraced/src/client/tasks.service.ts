import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ClientProxy } from '@nestjs/microservices';
import type { Notification, Task } from '../messages.js';
import { send } from '../queues.js';
import { settings } from '../settings.js';

/** What is known of a task. */
export type TaskState = Notification | { readonly id: string; readonly status: 'running' | 'unsent' };

const MAX_TASKS = 10_000;

/** Accepts tasks and knows what became of them. */
@Injectable()
export class TasksService {
  readonly #logger = new Logger('Tasks');
  /** Oldest first. */
  readonly #known = new Map<string, TaskState>();
  readonly #waiting = new Map<string, () => void>();

  constructor(@Inject('tasks') private readonly executors: ClientProxy) {}

  /** Preprocesses a task, sends it to an executor, waits for the exporter; not for ever. */
  async accept(task: Task): Promise<TaskState> {
    const prepared = this.preprocess(task);
    this.#remember({ id: task.id, status: 'running' });
    const settled = new Promise<void>((resolve) => this.#waiting.set(task.id, resolve));
    const stop = new AbortController();
    try {
      await send(this.executors, 'tasks', prepared);
      const late = delay(settings.taskWaitMs, undefined, { signal: stop.signal, ref: false });
      await Promise.race([settled, late]);
    } catch (error) {
      this.#logger.warn(`task ${task.id} not confirmed by the broker: ${String(error)}`);
      this.#remember({ id: task.id, status: 'unsent' });
    } finally {
      stop.abort();
      this.#waiting.delete(task.id);
    }
    return this.find(task.id)!;
  }

  preprocess({ id, text }: Task): Task {
    return { id, text: text.replace(/^\uFEFF/, '').normalize('NFC') };
  }

  /** The exporter has saved the result of a task, or the executor gave it up. */
  settle(notification: Notification): void {
    this.#remember(notification);
    this.#waiting.get(notification.id)?.();
  }

  find(id: string): TaskState | undefined {
    return this.#known.get(id);
  }

  #remember(task: TaskState): void {
    this.#known.set(task.id, task);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_TASKS && oldest !== undefined) this.#known.delete(oldest);
  }
}
