import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { makeFolder } from '@distrace/messaging';
import type { TaskRecord } from './task-record.js';

/** How many rows too many there may be before the oldest go: one scan for so many tasks. */
const TRIM_EVERY = 100;

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
      timeout: 5000,
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
  }

  get(id: string): TaskRecord | undefined {
    const row = this.#get.get(id);
    return row === undefined ? undefined : recordOf(row);
  }

  /** Latest first. */
  list(limit: number): readonly TaskRecord[] {
    return this.#list.all(limit).map((row) => recordOf(row));
  }

  /** Adds or replaces a task. */
  put({ id, ...rest }: TaskRecord): void {
    const row = [rest.status, JSON.stringify({ id, ...rest }), id] as const;
    if (this.#update.run(...row).changes !== 0) return;
    this.#insert.run(...row);
    this.#size += 1;
    if (this.#size >= this.#maxTasks + Math.min(TRIM_EVERY, this.#maxTasks)) this.#dropOldest();
  }

  /** Those that do not run any more go first; of those that run, a run that lost them left the oldest. */
  #dropOldest(): void {
    for (const statement of [this.#trimEnded, this.#trim]) {
      const excess = this.#size - this.#maxTasks;
      if (excess > 0) this.#size -= Number(statement.run(excess).changes);
    }
  }

  close(): void {
    this.#database.close();
  }
}

/** Nobody but this class writes the rows. */
function recordOf(row: Readonly<Record<string, unknown>>): TaskRecord {
  return JSON.parse(String(row['record'])) as TaskRecord;
}
