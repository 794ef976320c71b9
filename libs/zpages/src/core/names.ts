import type { ErrorGroups } from './error-groups.js';
import { LatencyCounters } from './latency-counters.js';
import type { MessagingStats } from './messaging.js';
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
}

/** How many names are told apart. */
export interface NameLimits {
  readonly maxNames: number;
  readonly maxNameLength: number;
}

/** The records by name, and one for all names beyond the cap. */
export class NameTable {
  readonly #limits: NameLimits;
  readonly #records = new Map<string, NameRecord>();
  #overflow: NameRecord | undefined;

  constructor(limits: NameLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#records.size;
  }

  get overflow(): NameRecord | undefined {
    return this.#overflow;
  }

  /** The record that counts spans of this name; made where there is none. */
  at(name: string): NameRecord {
    return this.#records.get(name) ?? this.#make(name);
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

  #make(name: string): NameRecord {
    const rowName = this.rowName(name);
    const known = this.#records.get(rowName);
    if (known !== undefined) return known;
    if (this.#records.size >= this.#limits.maxNames) return (this.#overflow ??= new NameRecord(''));
    const record = new NameRecord(internText(rowName));
    this.#records.set(record.name, record);
    return record;
  }
}
