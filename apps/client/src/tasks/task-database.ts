import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { makeFolder } from '@distrace/messaging';
import type { TaskRecord } from './task-record.js';
import { TasksLockedError, asTasksLockedError } from './tasks-locked-error.js';

/** How many rows too many there may be before the oldest go: one scan for so many tasks. */
const TRIM_EVERY = 100;

/** At the start nobody waits for anything yet. */
const OPEN_TIMEOUT_MS = 5000;

/** How long one operation waits for somebody else's lock: the event loop stands still for so long. */
const LOCK_TIMEOUT_MS = 200;

/** Tasks in SQLite, one row per task, in the order in which they came. */
export class TaskDatabase {
  readonly #database: DatabaseSync;
  readonly #update: StatementSync;
  readonly #insert: StatementSync;
  readonly #get: StatementSync;
  readonly #list: StatementSync;
  readonly #trimEnded: StatementSync;
  readonly #trim: StatementSync;
  readonly #maxTasks: number;
  #size: number;

  /**
   * Opens or creates `tasks.db` in the folder; without one the tasks are in memory only.
   * @throws when that is not possible.
   */
  constructor({ folder, maxTasks }: { readonly folder?: string | undefined; readonly maxTasks: number }) {
    if (folder !== undefined) makeFolder(folder);
    this.#database = new DatabaseSync(folder === undefined ? ':memory:' : join(folder, 'tasks.db'), {
      timeout: OPEN_TIMEOUT_MS,
    });
    // A killed process loses nothing; after a power cut the latest tasks may be unknown, not lost: the exporter has
    // them. FULL would sync twice per task, in the way of every request.
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    this.#database.exec(
      'CREATE TABLE IF NOT EXISTS tasks (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, status TEXT NOT NULL, record TEXT NOT NULL) STRICT',
    );
    this.#update = this.#database.prepare('UPDATE tasks SET status = ?, record = ? WHERE id = ?');
    this.#insert = this.#database.prepare('INSERT INTO tasks (status, record, id) VALUES (?, ?, ?)');
    this.#get = this.#database.prepare('SELECT record FROM tasks WHERE id = ?');
    this.#list = this.#database.prepare('SELECT record FROM tasks ORDER BY seq DESC LIMIT ?');
    this.#trimEnded = this.#database.prepare(
      "DELETE FROM tasks WHERE seq IN (SELECT seq FROM tasks WHERE status <> 'running' ORDER BY seq LIMIT ?)",
    );
    this.#trim = this.#database.prepare(
      'DELETE FROM tasks WHERE seq IN (SELECT seq FROM tasks ORDER BY seq LIMIT ?)',
    );
    this.#maxTasks = maxTasks;
    this.#size = Number(this.#database.prepare('SELECT count(*) AS size FROM tasks').get()?.['size']);
    this.#database.exec(`PRAGMA busy_timeout = ${LOCK_TIMEOUT_MS}`);
  }

  /** @throws {TasksLockedError} when another process holds a lock; so do the others. */
  get(id: string): TaskRecord | undefined {
    const row = unlessLocked(() => this.#get.get(id));
    return row === undefined ? undefined : recordOf(row);
  }

  /** Latest first. */
  list(limit: number): readonly TaskRecord[] {
    return unlessLocked(() => this.#list.all(limit)).map((row) => recordOf(row));
  }

  /** Adds or replaces a task. */
  put({ id, ...rest }: TaskRecord): void {
    const row = [rest.status, JSON.stringify({ id, ...rest }), id] as const;
    if (unlessLocked(() => this.#update.run(...row)).changes !== 0) return;
    unlessLocked(() => this.#insert.run(...row));
    this.#size += 1;
    if (this.#size >= this.#maxTasks + Math.min(TRIM_EVERY, this.#maxTasks)) this.#dropOldest();
  }

  /**
   * Those that do not run any more go first; of those that run, a run that lost them left the oldest. The task that
   * made them too many is stored already: where there is a lock, the next one tries again.
   */
  #dropOldest(): void {
    try {
      for (const statement of [this.#trimEnded, this.#trim]) {
        const excess = this.#size - this.#maxTasks;
        if (excess > 0) this.#size -= Number(unlessLocked(() => statement.run(excess)).changes);
      }
    } catch (error) {
      if (!(error instanceof TasksLockedError)) throw error;
    }
  }

  close(): void {
    this.#database.close();
  }
}

function unlessLocked<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asTasksLockedError(error);
  }
}

/** Nobody but this class writes the rows. */
function recordOf(row: Readonly<Record<string, unknown>>): TaskRecord {
  return JSON.parse(String(row['record'])) as TaskRecord;
}
