import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { messageOf } from '@distrace/nest-server';
import { ViewerError } from '../errors.js';

const SCHEMA_VERSION = 1;
/** In the header of an SQLite file, to tell ours from any other: `dtrv`. */
const APPLICATION_ID = 0x64_74_72_76;
const SQLITE_FULL = 13;
const SCHEMA =
  'CREATE TABLE pieces (seq INTEGER PRIMARY KEY, arrival INTEGER NOT NULL, arrived_at_ms INTEGER NOT NULL, spans TEXT NOT NULL) STRICT;' +
  'CREATE INDEX pieces_arrival ON pieces (arrival);';

/** Some spans of a trace, as they are in the file. */
export interface Piece {
  readonly arrival: number;
  readonly arrivedAtMs: number;
  /** Zipkin v2 JSON of each, joined by commas. */
  readonly spans: string;
}

/** The SQLite file that pieces of traces are kept in. One process at a time may hold it. */
export class SpansFile {
  readonly path: string;
  #database!: DatabaseSync;
  #insert!: StatementSync;
  #deleteUpTo!: StatementSync;

  /** Opens or creates the file. @throws ViewerError when that is not possible. */
  constructor(path: string) {
    this.path = path;
    try {
      makeFolder(resolve(dirname(path)));
      this.#open();
    } catch (cause) {
      throw this.#unusable(cause);
    }
  }

  /** All pieces in the order in which they came. @throws ViewerError when the file is damaged. */
  *pieces(): Generator<Piece> {
    try {
      const rows = this.#database
        .prepare('SELECT arrival, arrived_at_ms, spans FROM pieces ORDER BY seq')
        .iterate();
      for (const { arrival, arrived_at_ms, spans } of rows) {
        yield { arrival: Number(arrival), arrivedAtMs: Number(arrived_at_ms), spans: String(spans) };
      }
    } catch (cause) {
      throw this.#unusable(cause);
    }
  }

  insert({ arrival, arrivedAtMs, spans }: Piece): void {
    this.#insert.run(arrival, arrivedAtMs, spans);
  }

  deleteUpTo(arrival: number): void {
    this.#deleteUpTo.run(arrival);
  }

  deleteAll(): void {
    this.#database.exec('DELETE FROM pieces');
  }

  /** All that is written in it is in the file, or nothing of it. */
  transaction(write: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      write();
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Gives back what the log of changes takes. */
  truncateLog(): void {
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  /** Makes a new, empty file in place of this one. */
  recreate(): void {
    this.#database.close();
    for (const part of ['', '-wal', '-shm', '-journal']) rmSync(this.path + part, { force: true });
    this.#open();
  }

  /** Lets the file grow to so many pages of 4 KiB, or to what it has now if that is more. */
  limitPages(pages: number): void {
    this.#database.exec(`PRAGMA max_page_count = ${pages}`);
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #open(): void {
    this.#database = new DatabaseSync(this.path, { timeout: 1000 });
    try {
      this.#database.exec('PRAGMA locking_mode = EXCLUSIVE');
      // Before anything is written: it may be somebody else's.
      const isNew = this.#isNew();
      this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
      this.transaction(() => {
        if (isNew) this.#database.exec(SCHEMA);
        this.#database.exec(
          `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION};`,
        );
      });
      this.#insert = this.#database.prepare(
        'INSERT INTO pieces (arrival, arrived_at_ms, spans) VALUES (?, ?, ?)',
      );
      this.#deleteUpTo = this.#database.prepare('DELETE FROM pieces WHERE arrival <= ?');
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  #isNew(): boolean {
    const names = this.#database.prepare('SELECT name FROM sqlite_schema').all();
    const applicationId = this.#pragma('application_id');
    const version = this.#pragma('user_version');
    const isEmpty = names.length === 0 && applicationId === 0 && version === 0;
    if (isEmpty) return true;
    // Those of the first release had no id.
    const isOurs =
      applicationId === APPLICATION_ID ||
      (applicationId === 0 && version === 1 && names.some(({ name }) => name === 'pieces_arrival'));
    if (!isOurs) throw new Error('it is the database of another program');
    if (version > SCHEMA_VERSION) throw new Error(`it was written by a later release (version ${version})`);
    return names.length === 0;
  }

  #pragma(name: string): number {
    return Number(this.#database.prepare(`PRAGMA ${name}`).get()?.[name]);
  }

  #unusable(cause: unknown): ViewerError {
    return new ViewerError(
      'DT_ERR_VIEWER_FILE',
      `The file of stored spans must be an SQLite file of this viewer that no other process holds, but ${this.path} cannot be used: ${messageOf(cause)}. Name another file, end the other process, or move a damaged file away.`,
      { cause },
    );
  }
}

/** Whether there was no room to write. */
export function isFull(error: unknown): boolean {
  return (error as { errcode?: unknown } | null)?.errcode === SQLITE_FULL;
}

/** Not `recursive`: below /proc, where no folder can be made, Node tries for ever. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}
