import type { NotificationMessage } from '@distrace/messaging';
import { TaskDatabase } from './task-database.js';
import type { TaskRecord } from './task-record.js';

/** Options of {@link TaskStore}. */
export interface TaskStoreOptions {
  /** Folder of `tasks.db`, created when missing. Default none: the tasks are in memory only. */
  readonly folder?: string | undefined;
  /** Tasks kept. Default 10000. */
  readonly maxTasks?: number;
  /** Current time. Default the system's. */
  readonly now?: () => Date;
}

/** What became of the tasks, also of those that an earlier run of the client sent. */
export class TaskStore {
  readonly #tasks: TaskDatabase;
  readonly #now: () => Date;

  /** @throws when the folder cannot be made or the file in it not be opened. */
  constructor({ folder, maxTasks = 10_000, now = () => new Date() }: TaskStoreOptions = {}) {
    this.#tasks = new TaskDatabase({ folder, maxTasks });
    this.#now = now;
  }

  /** Stores a new task. */
  add(task: TaskRecord): void {
    this.#tasks.put(task);
  }

  get(id: string): TaskRecord | undefined {
    return this.#tasks.get(id);
  }

  /** Latest first. */
  list(limit: number): readonly TaskRecord[] {
    return this.#tasks.list(limit);
  }

  /** The broker did not confirm the task. A notification that came nevertheless is right. */
  markUnsent(id: string, error: string): void {
    const task = this.#tasks.get(id);
    if (task?.status === 'running') this.#finish(task, { status: 'unsent', error });
  }

  /**
   * Stores what became of a task, also of one that is not known here: its client may have lost its data. A task
   * that is done stays done.
   */
  settle(
    notification: NotificationMessage,
    { traceId }: { readonly traceId?: string | undefined } = {},
  ): TaskRecord {
    const { id } = notification;
    const known = this.#tasks.get(id);
    if (known?.status === 'done') return known;
    const outcome =
      notification.status === 'done'
        ? { status: notification.status, result: notification.result, error: undefined }
        : { status: notification.status, error: notification.error };
    return this.#finish(known ?? { id, status: 'running', traceId }, outcome);
  }

  close(): void {
    this.#tasks.close();
  }

  #finish(task: TaskRecord, outcome: Pick<TaskRecord, 'status' | 'result' | 'error'>): TaskRecord {
    const finished = { ...task, ...outcome, finishedAt: this.#now().toISOString() };
    this.#tasks.put(finished);
    return finished;
  }
}
