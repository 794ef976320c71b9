import { ErrorGroups } from './error-groups.js';
import { LatencyCounters } from './latency-counters.js';
import { MessagingStats } from './messaging.js';
import type { SampleBucket } from './samples.js';
import { cutText, internText } from './text.js';

/**
 * What is known of the ended spans of one name. Made at the first end; what a name never needs has no memory.
 *
 * It is its latency counters, instead of having them: between two spans of a name everything else has been
 * through the processor's cache, and each object more to reach costs more than the counting.
 */
export class NameRecord extends LatencyCounters {
  /** The buckets known to take no sample before `closedUntil` passes, as bits. */
  closed = 0;
  closedUntil = 0;
  /** When a span of this name last ended, epoch seconds: a small integer. */
  lastEndSeconds = 0;
  errors = 0;
  readonly name: string;
  /** One per latency bucket, then the errors'. */
  samples: (SampleBucket | undefined)[] | undefined = undefined;
  errorGroups: ErrorGroups | undefined = undefined;
  messaging: MessagingStats | undefined = undefined;

  constructor(name: string) {
    super();
    this.name = name;
  }

  /** Counts everything that another one has counted as its own; the samples stay with the other. */
  absorb(other: NameRecord, maxErrorGroups: number): void {
    this.addAll(other);
    this.errors += other.errors;
    this.lastEndSeconds = Math.max(this.lastEndSeconds, other.lastEndSeconds);
    if (other.errorGroups !== undefined) {
      this.errorGroups ??= new ErrorGroups();
      this.errorGroups.absorb(other.errorGroups, maxErrorGroups);
    }
    if (other.messaging !== undefined) {
      this.messaging ??= new MessagingStats();
      this.messaging.absorb(other.messaging);
    }
  }
}

/** How many names are told apart. */
export interface NameLimits {
  readonly maxNames: number;
  readonly maxNameLength: number;
  readonly nameIdleMs: number;
  readonly maxErrorGroups: number;
}

/** What a table of names needs of the rest. */
export interface NameSources {
  /** The names of the spans that run, as they are now. */
  runningNames(): Iterable<string>;
  /** A record is no longer used: nothing may keep what it has of samples. */
  retired(record: NameRecord): void;
}

/**
 * The records by name, and one for all names beyond the cap. A name that nothing ran under for long makes room for
 * a new one, or names that stood in early URLs would hold the table for good; what it has counted goes to the
 * shared record.
 */
export class NameTable {
  readonly #limits: NameLimits;
  readonly #sources: NameSources;
  readonly #records = new Map<string, NameRecord>();
  #overflow: NameRecord | undefined;
  /** Those that were found idle, the longest idle last. */
  #idle: NameRecord[] = [];
  #lookAgainSeconds = 0;
  #retired = 0;

  constructor(limits: NameLimits, sources: NameSources) {
    this.#limits = limits;
    this.#sources = sources;
  }

  get size(): number {
    return this.#records.size;
  }

  get overflow(): NameRecord | undefined {
    return this.#overflow;
  }

  /** Names that made room. */
  get retired(): number {
    return this.#retired;
  }

  /** The record that counts spans of this name; made where there is none. */
  at(name: string, nowSeconds: number): NameRecord {
    return this.#records.get(name) ?? this.#make(name, nowSeconds);
  }

  /** The record of a name as it stands in a row. */
  get(name: string): NameRecord | undefined {
    return this.#records.get(name);
  }

  /** A span's name as a row has it. */
  rowName(name: string): string {
    return cutText(String(name), this.#limits.maxNameLength);
  }

  records(): IterableIterator<NameRecord> {
    return this.#records.values();
  }

  #make(name: string, nowSeconds: number): NameRecord {
    const rowName = this.rowName(name);
    const known = this.#records.get(rowName);
    if (known !== undefined) return known;
    const { maxNames } = this.#limits;
    if (this.#records.size >= maxNames && (maxNames === 0 || !this.#retireOne(nowSeconds))) {
      return (this.#overflow ??= new NameRecord(''));
    }
    const record = new NameRecord(internText(rowName));
    this.#records.set(record.name, record);
    return record;
  }

  #retireOne(nowSeconds: number): boolean {
    const { nameIdleMs, maxErrorGroups } = this.#limits;
    const idleSince = nowSeconds - nameIdleMs / 1000;
    this.#findIdle(idleSince, nowSeconds);
    for (let record = this.#idle.pop(); record !== undefined; record = this.#idle.pop()) {
      // It may have come back since it was found.
      if (record.lastEndSeconds > idleSince) continue;
      this.#records.delete(record.name);
      this.#overflow ??= new NameRecord('');
      this.#overflow.absorb(record, maxErrorGroups);
      this.#sources.retired(record);
      this.#retired++;
      return true;
    }
    return false;
  }

  /**
   * Looks through all names, once a second and no more: spans with new names may come thousands at a time, and of
   * those that were found idle one may run by now.
   */
  #findIdle(idleSince: number, nowSeconds: number): void {
    if (nowSeconds < this.#lookAgainSeconds && this.#lookAgainSeconds - nowSeconds <= 1) return;
    this.#lookAgainSeconds = nowSeconds + 1;
    this.#idle = [];
    for (const record of this.#records.values()) {
      // The clock was ahead then.
      if (record.lastEndSeconds > nowSeconds) record.lastEndSeconds = nowSeconds;
    }
    const idle = [...this.#records.values()].filter((record) => record.lastEndSeconds <= idleSince);
    if (idle.length === 0) return;
    const running = new Set<string>();
    for (const name of this.#sources.runningNames()) running.add(this.rowName(name));
    // Turned over first, so that of equals the oldest name is the last, too.
    this.#idle = idle
      .toReversed()
      .filter((record) => !running.has(record.name))
      .toSorted((a, b) => b.lastEndSeconds - a.lastEndSeconds);
  }
}
