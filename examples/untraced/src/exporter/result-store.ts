import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Result } from '../messages.js';
import { settings } from '../settings.js';

const CREATE = 'CREATE TABLE IF NOT EXISTS tasks (id TEXT PRIMARY KEY, result TEXT NOT NULL) STRICT';
const INSERT = 'INSERT OR IGNORE INTO tasks (id, result) VALUES (?, ?)';
const SELECT = 'SELECT result FROM tasks WHERE id = ?';

/** Results in SQLite, one row per task. */
@Injectable()
export class ResultStore implements OnApplicationShutdown {
  readonly #database: DatabaseSync;

  constructor() {
    mkdirSync(settings.dataDir, { recursive: true });
    this.#database = new DatabaseSync(join(settings.dataDir, 'results.db'));
    this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${CREATE}`);
  }

  /** Saves a result unless its task has one; answers the one that is saved. */
  save(result: Result): Result {
    this.#database.prepare(INSERT).run(result.id, JSON.stringify(result));
    const row = this.#database.prepare(SELECT).get(result.id);
    return JSON.parse(String(row?.['result'])) as Result;
  }

  onApplicationShutdown(): void {
    this.#database.close();
  }
}
