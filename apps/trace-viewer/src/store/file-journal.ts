import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { decodeSpans } from '@distrace/zipkin';
import { ViewerError } from '../errors.js';
import type { RestoredPiece } from './memory-store.js';
import type { Journal } from './span-store.js';
import type { StoredTrace } from './stored-trace.js';

const SCHEMA_VERSION = 1;

interface Batch {
  readonly trace: StoredTrace;
  readonly texts: string[];
}

/**
 * A copy of the store in an SQLite file. What `commit` returned for survives the end of the process, however it ends;
 * the last moment before a power cut may be lost. One process at a time may hold the file.
 */
export class FileJournal implements Journal {
  readonly path: string;
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #deleteUpTo: StatementSync;
  #batches = new Map<StoredTrace, Batch>();
  #evictedUpTo = 0;
  #mustClear = false;

  /** Opens or creates the file. @throws ViewerError when that is not possible. */
  constructor(path: string) {
    this.path = path;
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.#database = new DatabaseSync(path, { timeout: 1000 });
      this.#database.exec(
        'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;',
      );
      this.#migrate();
    } catch (cause) {
      throw unusable(path, cause);
    }
    this.#insert = this.#database.prepare(
      'INSERT INTO pieces (arrival, arrived_at_ms, spans) VALUES (?, ?, ?)',
    );
    this.#deleteUpTo = this.#database.prepare('DELETE FROM pieces WHERE arrival <= ?');
  }

  /** What an earlier run kept, in the order in which it came. A row that cannot be read is skipped and counted. */
  *read(): Generator<RestoredPiece | undefined> {
    const rows = this.#database
      .prepare('SELECT arrival, arrived_at_ms, spans FROM pieces ORDER BY seq')
      .iterate();
    for (const row of rows) {
      try {
        const spans = decodeSpans(`[${String(row['spans'])}]`, { format: 'v2' });
        yield { arrival: Number(row['arrival']), arrivedAtMs: Number(row['arrived_at_ms']), spans };
      } catch {
        yield undefined;
      }
    }
  }

  added(trace: StoredTrace, text: string): void {
    const batch = this.#batches.get(trace);
    if (batch) batch.texts.push(text);
    else this.#batches.set(trace, { trace, texts: [text] });
  }

  evicted({ arrival }: StoredTrace): void {
    this.#evictedUpTo = arrival;
  }

  cleared(): void {
    this.#mustClear = true;
    this.#batches = new Map();
  }

  commit(): void {
    if (this.#batches.size === 0 && !this.#mustClear && this.#evictedUpTo === 0) return;
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        this.#write();
        this.#database.exec('COMMIT');
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    } catch (cause) {
      throw new ViewerError(
        'DT_ERR_VIEWER_FILE_WRITE',
        `Spans must be written to ${this.path}, but ${messageOf(cause)}. They are kept in memory; send them again once there is room.`,
        { cause },
      );
    }
    this.#batches = new Map();
    this.#evictedUpTo = 0;
    this.#mustClear = false;
  }

  /** Lets the file grow to so many pages of 4 KiB, or to what it has now if that is more. */
  limitPages(pages: number): void {
    this.#database.exec(`PRAGMA max_page_count = ${pages}`);
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #write(): void {
    if (this.#mustClear) this.#database.exec('DELETE FROM pieces');
    for (const { trace, texts } of this.#batches.values()) {
      if (trace.arrival <= this.#evictedUpTo) continue;
      this.#insert.run(trace.arrival, trace.arrivedAtMs, texts.join(','));
    }
    if (this.#evictedUpTo > 0) this.#deleteUpTo.run(this.#evictedUpTo);
  }

  #migrate(): void {
    const version = Number(this.#database.prepare('PRAGMA user_version').get()?.['user_version']);
    if (version > SCHEMA_VERSION) throw new Error(`it was written by a later release (version ${version})`);
    this.#database.exec(
      'CREATE TABLE IF NOT EXISTS pieces (seq INTEGER PRIMARY KEY, arrival INTEGER NOT NULL, arrived_at_ms INTEGER NOT NULL, spans TEXT NOT NULL) STRICT;' +
        'CREATE INDEX IF NOT EXISTS pieces_arrival ON pieces (arrival);' +
        `PRAGMA user_version = ${SCHEMA_VERSION};`,
    );
  }
}

function unusable(path: string, cause: unknown): ViewerError {
  return new ViewerError(
    'DT_ERR_VIEWER_FILE',
    `The file of stored spans must be an SQLite file of this viewer that no other process holds, but ${path} cannot be used: ${messageOf(cause)}. Name another file or end the other process.`,
    { cause },
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
