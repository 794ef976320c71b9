import type { NotificationMessage } from '@distrace/messaging';
import type { TaskRecord } from './task-record.js';

/** Options of {@link TaskStore}. */
export interface TaskStoreOptions {
  /** Tasks kept in memory. Default 1000. */
  readonly maxTasks?: number;
  /** Current time. Default the system's. */
  readonly now?: () => Date;
}

/** The tasks in memory, oldest first. When it is full, the oldest that does not run any more goes. */
export class TaskStore {
  readonly #tasks = new Map<string, TaskRecord>();
  readonly #maxTasks: number;
  readonly #now: () => Date;

  constructor({ maxTasks = 1000, now = () => new Date() }: TaskStoreOptions = {}) {
    this.#maxTasks = maxTasks;
    this.#now = now;
  }

  /** Stores a new task; false when the store is full of running ones. */
  add(task: TaskRecord): boolean {
    if (!this.#makeRoom()) return false;
    this.#tasks.set(task.id, task);
    return true;
  }

  get(id: string): TaskRecord | undefined {
    return this.#tasks.get(id);
  }

  /** Latest first. */
  list(limit: number): readonly TaskRecord[] {
    return [...this.#tasks.values()].slice(-limit).toReversed();
  }

  /** The broker did not confirm the task. A notification that came nevertheless is right. */
  markUnsent(id: string, error: string): void {
    const task = this.#tasks.get(id);
    if (task?.status === 'running') this.#finish(task, { status: 'unsent', error });
  }

  /**
   * Stores what became of a task, also of one that is not known here: its client may have been restarted. A
   * task that is done stays done.
   */
  settle(
    notification: NotificationMessage,
    { traceId }: { readonly traceId?: string | undefined } = {},
  ): TaskRecord {
    const { id } = notification;
    const known = this.#tasks.get(id);
    if (known?.status === 'done') return known;
    if (known === undefined) this.#makeRoom();
    const outcome =
      notification.status === 'done'
        ? { status: notification.status, result: notification.result, error: undefined }
        : { status: notification.status, error: notification.error };
    return this.#finish(known ?? { id, status: 'running', traceId }, outcome);
  }

  #finish(task: TaskRecord, outcome: Pick<TaskRecord, 'status' | 'result' | 'error'>): TaskRecord {
    const finished = { ...task, ...outcome, finishedAt: this.#now().toISOString() };
    this.#tasks.set(task.id, finished);
    return finished;
  }

  #makeRoom(): boolean {
    if (this.#tasks.size < this.#maxTasks) return true;
    for (const [id, task] of this.#tasks) {
      if (task.status !== 'running') return this.#tasks.delete(id);
    }
    return false;
  }
}
