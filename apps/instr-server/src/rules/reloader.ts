import { existsSync, watch, type FSWatcher } from 'node:fs';
import { messageOf } from '@distrace/nest-server';
import type { Counters } from '../instrument/counters.js';
import type { ClassPath } from '../sources/class-path.js';
import type { RuleBook } from './rule-book.js';

/** What {@link Reloader} works with. */
export interface ReloaderParts {
  readonly book: RuleBook;
  readonly counters: Counters;
  readonly classPath: ClassPath;
  readonly warn: (message: string) => void;
}

/** What a reload came to. */
export type ReloadReport =
  | { readonly status: 'changed' | 'same'; readonly serial: number; readonly rulesHash: string }
  | { readonly status: 'kept'; readonly reason: string; readonly serial: number; readonly rulesHash: string };

// An editor writes a file in pieces, a compiler one file after the other.
const SETTLE_MS = 300;

/** Takes changed extensions without a restart. What cannot be loaded changes nothing, and is said. */
export class Reloader {
  readonly #parts: ReloaderParts;
  readonly #watchers = new Map<string, FSWatcher>();
  #isWatching = false;
  #running: Promise<ReloadReport> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastFailure: { readonly atMs: number; readonly reason: string } | undefined;

  constructor(parts: ReloaderParts) {
    this.#parts = parts;
  }

  /** Why the extensions on the disk are not the ones that are served; undefined when they are. */
  get lastFailure(): { readonly atMs: number; readonly reason: string } | undefined {
    return this.#lastFailure;
  }

  /** Loads the extensions anew. Never rejects. */
  async reload(): Promise<ReloadReport> {
    // One that began before a file changed has not seen it: this one waits and then looks again.
    while (this.#running) await this.#running;
    this.#running = this.#reload().finally(() => (this.#running = undefined));
    return await this.#running;
  }

  /** Reloads whenever a file of an extension changes. */
  watch(): void {
    this.#isWatching = true;
    // Each folder by itself: a recursive watch walks through all that is installed below.
    for (const folder of this.#parts.book.watchedFolders) {
      if (!this.#watchers.has(folder) && existsSync(folder)) this.#watchOne(folder);
    }
  }

  close(): void {
    this.#isWatching = false;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  #watchOne(folder: string): void {
    try {
      const watcher = watch(folder, () => {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => void this.reload(), SETTLE_MS).unref();
      });
      watcher.on('error', () => {
        watcher.close();
        this.#watchers.delete(folder);
      });
      this.#watchers.set(folder, watcher.unref());
    } catch (error) {
      this.#parts.warn(`${folder} cannot be watched: ${messageOf(error)}. Reload by POST /v1/reload.`);
    }
  }

  async #reload(): Promise<ReloadReport> {
    const { book, counters, classPath, warn } = this.#parts;
    try {
      const { rulesHash } = book;
      const hasChanged = await book.reload();
      classPath.forget();
      counters.reloads += 1;
      if (book.rulesHash !== rulesHash) counters.forgetMatches();
      this.#lastFailure = undefined;
      // Files may have come in new folders.
      if (this.#isWatching) this.watch();
      return { status: hasChanged ? 'changed' : 'same', serial: book.serial, rulesHash: book.rulesHash };
    } catch (error) {
      counters.reloadsFailed += 1;
      const reason = messageOf(error);
      this.#lastFailure = { atMs: Date.now(), reason };
      warn(`The extensions cannot be loaded, so the rules from before are still served: ${reason}`);
      return { status: 'kept', reason, serial: book.serial, rulesHash: book.rulesHash };
    }
  }
}
