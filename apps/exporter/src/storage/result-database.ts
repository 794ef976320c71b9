import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { makeFolder, parseResultMessage, type ResultMessage } from '@distrace/messaging';

/** The statement that saves a result. The first one of a task wins. */
export const INSERT_RESULT = 'INSERT OR IGNORE INTO tasks (id, saved_at, result) VALUES (?, ?, ?)';

const SELECT_RESULT = 'SELECT result FROM tasks WHERE id = ?';

/** Results in SQLite, one row per task. */
export class ResultDatabase {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #select: StatementSync;

  /** Opens or creates `results.db` in the folder. @throws when that is not possible. */
  constructor(folder: string) {
    makeFolder(folder);
    this.#database = new DatabaseSync(join(folder, 'results.db'), { timeout: 5000 });
    // A saved result is acknowledged to the broker, so it must survive a power cut: FULL syncs every commit.
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    this.#database.exec(
      'CREATE TABLE IF NOT EXISTS tasks (id TEXT PRIMARY KEY, saved_at TEXT NOT NULL, result TEXT NOT NULL) STRICT',
    );
    this.#insert = this.#database.prepare(INSERT_RESULT);
    this.#select = this.#database.prepare(SELECT_RESULT);
  }

  /** Saves a result unless its task has one already; returns the one that is saved. */
  insert(result: ResultMessage, savedAt: Date): ResultMessage {
    const { changes } = this.#insert.run(result.id, savedAt.toISOString(), JSON.stringify(result));
    return changes === 0 ? (this.find(result.id) ?? result) : result;
  }

  find(id: string): ResultMessage | undefined {
    const row = this.#select.get(id);
    return row === undefined ? undefined : parseResultMessage(JSON.parse(String(row['result'])));
  }

  close(): void {
    this.#database.close();
  }
}
