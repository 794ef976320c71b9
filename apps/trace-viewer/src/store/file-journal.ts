import { decodeStoredSpans } from '@distrace/zipkin';
import { messageOf } from '@distrace/nest-server';
import { ViewerError } from '../errors.js';
import type { RestoredPiece } from './memory-store-options.js';
import type { Journal } from './span-store.js';
import { isFull, SpansFile } from './spans-file.js';
import type { StoredTrace } from './stored-trace.js';

/** While nothing can be written, trying takes this part of the time at most: each try writes all that is waiting. */
const MAX_SHARE = 1 / 10;

/** Options of a {@link FileJournal}. */
export interface FileJournalOptions {
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

/**
 * A copy of the store in an SQLite file. What `commit` returned for survives the end of the process, however it ends;
 * the last moment before a power cut may be lost. One process at a time may hold the file.
 */
export class FileJournal implements Journal {
  readonly #file: SpansFile;
  readonly #now: () => number;
  /** From which span on a trace is not in the file yet. No texts: while the disk is full there are more and more. */
  #unsaved = new Map<StoredTrace, number>();
  #evictedUpTo = 0;
  #mustClear = false;
  #problem: ViewerError | undefined;
  #retryAt = 0;

  /** Opens or creates the file. @throws ViewerError when that is not possible. */
  constructor(path: string, { now = () => performance.now() }: FileJournalOptions = {}) {
    this.#file = new SpansFile(path);
    this.#now = now;
  }

  /**
   * What an earlier run kept, in the order in which it came. `onUnreadable` is told of spans that cannot be read; of
   * a row that is no JSON at all, as of one. @throws ViewerError when the file is damaged.
   */
  *read(onUnreadable: (count: number) => void = () => undefined): Generator<RestoredPiece> {
    for (const { spans: text, ...piece } of this.#file.pieces()) {
      try {
        const { spans, unreadable } = decodeStoredSpans(`[${text}]`);
        if (unreadable > 0) onUnreadable(unreadable);
        yield { ...piece, spans };
      } catch {
        onUnreadable(1);
      }
    }
  }

  get problem(): string | undefined {
    return this.#problem?.message;
  }

  added(trace: StoredTrace): void {
    if (!this.#unsaved.has(trace)) this.#unsaved.set(trace, trace.spanCount - 1);
  }

  evicted(trace: StoredTrace): void {
    this.#evictedUpTo = trace.arrival;
    this.#unsaved.delete(trace);
  }

  cleared(): void {
    this.#mustClear = true;
    this.#unsaved = new Map();
    this.#retryAt = 0;
  }

  commit(): void {
    if (this.#unsaved.size === 0 && !this.#mustClear && this.#evictedUpTo === 0) return;
    const startedAt = this.#now();
    if (this.#problem && startedAt < this.#retryAt) throw this.#problem;
    try {
      this.#write();
    } catch (cause) {
      const endedAt = this.#now();
      this.#retryAt = endedAt + (endedAt - startedAt) / MAX_SHARE;
      this.#problem = new ViewerError(
        'DT_ERR_VIEWER_FILE_WRITE',
        `Spans must be written to ${this.#file.path}, but ${messageOf(cause)}. They are kept in memory; send them again once there is room.`,
        { cause },
      );
      throw this.#problem;
    }
    this.#unsaved = new Map();
    this.#evictedUpTo = 0;
    this.#mustClear = false;
    this.#problem = undefined;
  }

  /** Lets the file grow to so many pages of 4 KiB, or to what it has now if that is more. */
  limitPages(pages: number): void {
    this.#file.limitPages(pages);
  }

  close(): void {
    this.#file.close();
  }

  #write(): void {
    try {
      this.#file.transaction(() => {
        this.#delete();
        this.#insert();
      });
    } catch (error) {
      if (!isFull(error)) throw error;
      // What was evicted makes room, once the log of changes does not hold it twice.
      this.#makeRoom();
      this.#file.transaction(() => this.#insert());
    }
  }

  #makeRoom(): void {
    try {
      this.#file.truncateLog();
      this.#file.transaction(() => this.#delete());
      this.#file.truncateLog();
    } catch (error) {
      if (!this.#mustClear) throw error;
      // Even to remove everything takes some room.
      this.#file.recreate();
    }
  }

  #delete(): void {
    if (this.#mustClear) this.#file.deleteAll();
    if (this.#evictedUpTo > 0) this.#file.deleteUpTo(this.#evictedUpTo);
  }

  #insert(): void {
    for (const [trace, from] of this.#unsaved) {
      const texts: string[] = [];
      for (let at = from; at < trace.spanCount; at++) texts.push(trace.text(at));
      this.#file.insert({ arrival: trace.arrival, arrivedAtMs: trace.arrivedAtMs, spans: texts.join(',') });
    }
  }
}
