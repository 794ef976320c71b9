import type { SampleRecord } from './sample-record.js';

/** A kept sample, in its bucket and in the order of all samples. */
interface Kept {
  readonly record: SampleRecord;
  readonly bucket: SampleBucket;
  older: Kept | undefined;
  newer: Kept | undefined;
}

const NEVER = Number.NEGATIVE_INFINITY;

/** The samples of one latency bucket, or of the errors, of one name; in order of arrival. */
export class SampleBucket {
  readonly kept: Kept[] = [];
  #lastSampledMs = NEVER;
  #lastUnsampledMs = NEVER;

  /**
   * Whether a sample of this class may be taken now: one per interval. Also where time went backwards, or one
   * look at a wrong clock would close the bucket for good.
   */
  isDue(sampled: boolean, nowMs: number, intervalMs: number): boolean {
    const elapsed = nowMs - (sampled ? this.#lastSampledMs : this.#lastUnsampledMs);
    return elapsed >= intervalMs || elapsed < 0;
  }

  taken(sampled: boolean, nowMs: number): void {
    if (sampled) this.#lastSampledMs = nowMs;
    else this.#lastUnsampledMs = nowMs;
  }

  records(): SampleRecord[] {
    return this.kept.map(({ record }) => record);
  }

  /** Which one goes for a new one: the oldest of its own class, unless the other class holds more. */
  oldestFor(sampled: boolean): Kept | undefined {
    const own = this.kept.filter(({ record }) => record.sampled === sampled);
    const isOwnTurn = own.length * 2 >= this.kept.length;
    return isOwnTurn ? own[0] : this.kept.find(({ record }) => record.sampled !== sampled);
  }
}

/** How many samples are kept, and how many bytes. */
export interface SampleBounds {
  readonly samplesPerBucket: number;
  readonly maxSampleBytes: number;
}

/** All samples of a process: bounded per bucket by number and together by bytes. */
export class SampleStore {
  readonly #bounds: SampleBounds;
  readonly #onRemoved: (record: SampleRecord) => void;
  #oldest: Kept | undefined;
  #newest: Kept | undefined;
  #count = 0;
  #bytes = 0;
  #evicted = 0;

  constructor(bounds: SampleBounds, onRemoved: (record: SampleRecord) => void = () => {}) {
    this.#bounds = bounds;
    this.#onRemoved = onRemoved;
  }

  get count(): number {
    return this.#count;
  }

  /** Estimated. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Samples that went because of the bytes. */
  get evicted(): number {
    return this.#evicted;
  }

  /** Keeps a sample; older ones go where there is no room. False where there is none for this one either. */
  add(bucket: SampleBucket, record: SampleRecord): boolean {
    const { samplesPerBucket, maxSampleBytes } = this.#bounds;
    if (samplesPerBucket === 0) return false;
    if (record.bytes > maxSampleBytes) {
      this.#evicted++;
      return false;
    }
    if (bucket.kept.length >= samplesPerBucket) this.#remove(bucket.oldestFor(record.sampled));
    const kept: Kept = { record, bucket, older: this.#newest, newer: undefined };
    if (this.#newest === undefined) this.#oldest = kept;
    else this.#newest.newer = kept;
    this.#newest = kept;
    bucket.kept.push(kept);
    this.#count++;
    this.#bytes += record.bytes;
    while (this.#bytes > maxSampleBytes && this.#oldest !== undefined) {
      this.#remove(this.#oldest);
      this.#evicted++;
    }
    return true;
  }

  /** All samples of a bucket that is no longer used. */
  drop(bucket: SampleBucket): void {
    while (bucket.kept.length > 0) this.#remove(bucket.kept[0]);
  }

  /** All samples, oldest first. */
  *all(): Generator<SampleRecord> {
    for (let kept = this.#oldest; kept !== undefined; kept = kept.newer) yield kept.record;
  }

  #remove(kept: Kept | undefined): void {
    if (kept === undefined) return;
    const { bucket, older, newer } = kept;
    bucket.kept.splice(bucket.kept.indexOf(kept), 1);
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    // Left in place, these would keep young samples alive through dead old ones.
    kept.older = undefined;
    kept.newer = undefined;
    this.#count--;
    this.#bytes -= kept.record.bytes;
    this.#onRemoved(kept.record);
  }
}
