import { rm, stat, utimes } from 'node:fs/promises';
import cacache from 'cacache';

// Its types do not know the options.
const removeEntry = cacache.rm.entry as (
  cache: string,
  key: string,
  options: { readonly removeFully: boolean },
) => Promise<unknown>;

/** What the disk did, ever since the start of this process. */
export interface DiskCounts {
  hits: number;
  misses: number;
  writes: number;
  /** Contents that were not what was written; dropped. */
  corrupted: number;
  /** Writes that failed, such as on a full disk. */
  failures: number;
  evicted: number;
}

/** Options of {@link DiskStore}. */
export interface DiskStoreOptions {
  /** Bytes of content after a `gc`. */
  readonly maxBytes: number;
  /** Milliseconds after its last use at which content goes. */
  readonly maxAgeMs: number;
  readonly now: () => number;
  /** Told once of writes that fail. */
  readonly warn: (message: string) => void;
}

/** What a `gc` left and removed. */
export interface GcReport {
  readonly entries: number;
  readonly bytes: number;
  readonly removed: number;
}

// The file system's time is the time of the last use, kept to this.
const TOUCH_EVERY_MS = 60 * 60 * 1000;

/**
 * Content by key in a folder that several processes may share: cacache's, so it is written beside and renamed, and
 * verified against its digest at each read. Never throws: what cannot be read is missing, what cannot be written is
 * counted.
 */
export class DiskStore {
  readonly counts: DiskCounts = { hits: 0, misses: 0, writes: 0, corrupted: 0, failures: 0, evicted: 0 };
  readonly #folder: string;
  readonly #options: DiskStoreOptions;
  readonly #touchedAt = new Map<string, number>();
  readonly #writing = new Set<Promise<void>>();
  #bytesSinceGc = 0;
  #collecting: Promise<GcReport> | undefined;
  #hasWarned = false;

  constructor(folder: string, options: DiskStoreOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  async get(key: string): Promise<Buffer | undefined> {
    let entry;
    try {
      entry = await cacache.get.info(this.#folder, key, { memoize: false });
      if (entry === null) {
        this.counts.misses += 1;
        return undefined;
      }
      const data = await cacache.get.byDigest(this.#folder, entry.integrity, { size: entry.size });
      this.counts.hits += 1;
      void this.#touch(entry.path);
      return data;
    } catch (error) {
      this.counts.misses += 1;
      // Another process may just have removed it: that is a miss and no more.
      if (entry && (error as { code?: unknown }).code !== 'ENOENT') {
        this.counts.corrupted += 1;
        await this.#drop(key, entry.path);
      }
      return undefined;
    }
  }

  /** Whether there is an entry; its content is not looked at. */
  async has(key: string): Promise<boolean> {
    try {
      const entry = await cacache.get.info(this.#folder, key, { memoize: false });
      return entry !== null && (await stat(entry.path)).isFile();
    } catch {
      return false;
    }
  }

  async put(key: string, data: Buffer): Promise<void> {
    const written = this.#write(key, data);
    this.#writing.add(written);
    await written;
    this.#writing.delete(written);
  }

  /** Resolves when all writes that were begun have ended. */
  async settled(): Promise<void> {
    while (this.#writing.size > 0) await Promise.all(this.#writing);
    await this.#collecting;
  }

  /** Removes what is too old, then what was not used for longest until the rest fits. One at a time. */
  async gc(): Promise<GcReport> {
    this.#collecting ??= this.#collect().finally(() => (this.#collecting = undefined));
    return await this.#collecting;
  }

  async #write(key: string, data: Buffer): Promise<void> {
    try {
      await cacache.put(this.#folder, key, data, { memoize: false, size: data.length });
      this.counts.writes += 1;
      this.#bytesSinceGc += data.length;
      if (this.#bytesSinceGc > this.#options.maxBytes / 10) void this.gc();
    } catch (error) {
      this.counts.failures += 1;
      if (this.#hasWarned) return;
      this.#hasWarned = true;
      this.#options.warn(
        `The store cannot be written, so answers are kept in memory only: ${(error as Error).message}`,
      );
    }
  }

  async #collect(): Promise<GcReport> {
    this.#bytesSinceGc = 0;
    const { maxBytes, maxAgeMs, now } = this.#options;
    try {
      const found = await Promise.all(
        Object.values(await cacache.ls(this.#folder)).map(async ({ key, path, time }) => {
          const file = await stat(path).catch(() => undefined);
          return { key, path, bytes: file?.size ?? 0, usedAt: Math.max(time, file?.mtimeMs ?? 0) };
        }),
      );
      const lastUsedFirst = found.toSorted((a, b) => b.usedAt - a.usedAt);
      const oldest = now() - maxAgeMs;
      let bytes = 0;
      const kept = new Set<string>();
      const gone = [];
      for (const entry of lastUsedFirst) {
        const isKept = entry.usedAt >= oldest && bytes + entry.bytes <= maxBytes;
        if (isKept) {
          if (!kept.has(entry.path)) bytes += entry.bytes;
          kept.add(entry.path);
        } else gone.push(entry);
      }
      for (const { key, path } of gone) {
        await removeEntry(this.#folder, key, { removeFully: true });
        // One content may have several keys.
        if (!kept.has(path)) await rm(path, { force: true });
        this.#touchedAt.delete(path);
        this.counts.evicted += 1;
      }
      return { entries: lastUsedFirst.length - gone.length, bytes, removed: gone.length };
    } catch {
      // A folder that another process clears at the same time; the next run sees it anew.
      return { entries: 0, bytes: 0, removed: 0 };
    }
  }

  async #touch(path: string): Promise<void> {
    const now = this.#options.now();
    if (now - (this.#touchedAt.get(path) ?? -Infinity) < TOUCH_EVERY_MS) return;
    if (this.#touchedAt.size > 100_000) this.#touchedAt.clear();
    this.#touchedAt.set(path, now);
    await utimes(path, now / 1000, now / 1000).catch(() => undefined);
  }

  async #drop(key: string, path: string): Promise<void> {
    await removeEntry(this.#folder, key, { removeFully: true }).catch(() => undefined);
    await rm(path, { force: true }).catch(() => undefined);
  }
}
