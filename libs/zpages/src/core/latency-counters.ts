import type { LatencyScale } from './latency-scale.js';
import type { Percentiles } from './query.js';

/** Bins added on each side when the window must grow, so that it seldom must. */
const SLACK = 4;

/**
 * How many latencies fell into each bin of a scale. Only the window between the lowest and the highest bin seen
 * has memory: about 30 of 328 bins for most names.
 */
export class LatencyCounters {
  #first = 0;
  #counts: number[] = [];

  /** Counts a latency; exact up to 2^53. */
  add(bin: number, times = 1): void {
    const at = bin - this.#first;
    if (at >= 0 && at < this.#counts.length) this.#counts[at] = (this.#counts[at] as number) + times;
    else this.#grow(bin, times);
  }

  #grow(bin: number, times: number): void {
    const isNew = this.#counts.length === 0;
    const first = Math.max(0, isNew ? bin - SLACK : Math.min(this.#first, bin - SLACK));
    const end = isNew ? bin + SLACK : Math.max(this.#first + this.#counts.length, bin + SLACK);
    const old = this.#counts;
    const shift = this.#first - first;
    // Literal zeros: an array made by length would be holey, and every read would check for it.
    const counts: number[] = [];
    for (let i = first; i <= end; i++) counts.push(old[i - first - shift] ?? 0);
    counts[bin - first] = (counts[bin - first] as number) + times;
    this.#counts = counts;
    this.#first = first;
  }

  /** Counts what another one has counted. */
  addAll(other: LatencyCounters): void {
    for (const [i, times] of other.#counts.entries()) if (times > 0) this.add(other.#first + i, times);
  }

  /** How many latencies were counted. */
  total(): number {
    let sum = 0;
    for (const count of this.#counts) sum += count;
    return sum;
  }

  /** The same counts by bucket. */
  buckets(scale: LatencyScale): number[] {
    const buckets = scale.boundsNanos.map(() => 0);
    const counts = this.#counts;
    // Indexed, as are all loops here: a page goes through the bins of a thousand names at once.
    for (let i = 0; i < counts.length; i++) {
      const count = counts[i] as number;
      if (count === 0) continue;
      const bucket = scale.bucketOfBin[this.#first + i] as number;
      buckets[bucket] = (buckets[bucket] as number) + count;
    }
    return buckets;
  }

  /** Undefined before the first latency. */
  percentiles(scale: LatencyScale): Percentiles | undefined {
    const total = this.total();
    if (total === 0) return undefined;
    const counts = this.#counts;
    let at = -1;
    let passed = 0;
    /** The middle of the bin that holds the latency of this rank; ranks must come in ascending order. */
    const millisAt = (share: number): number => {
      const rank = Math.ceil(total * share);
      while (passed < rank) passed += counts[++at] as number;
      const low = scale.binBounds[this.#first + at] as number;
      const high = scale.binBounds[this.#first + at + 1] as number;
      return (Number.isFinite(high) ? (low + high) / 2 : low) / 1e6;
    };
    return { p50Ms: millisAt(0.5), p95Ms: millisAt(0.95), p99Ms: millisAt(0.99) };
  }
}
