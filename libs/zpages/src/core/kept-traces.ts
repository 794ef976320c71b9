import { TAGS, tagOf } from './ended-ring.js';
import type { SampleRecord } from './sample-record.js';

/** What is kept of a trace beside its samples. */
interface Rest {
  /** How many samples of the trace there are. */
  samples: number;
  /** It is kept without a sample, too. */
  isWatched: boolean;
  records: SampleRecord[];
  bytes: number;
  /** Spans of the trace that had no room. */
  lost: number;
  /** What ended before this moment, epoch milliseconds, may be missing. */
  readonly sinceMs: number;
  /** All of it went for other traces, and nothing more is kept. */
  isEvicted: boolean;
}

/** How much is kept of traces. */
export interface KeptTraceLimits {
  readonly maxTraceSpans: number;
  readonly maxTraceBytes: number;
}

/** What there is of a trace beside its samples. */
export type KeptTrace = Pick<Rest, 'lost' | 'sinceMs'> & { readonly records: readonly SampleRecord[] };

/**
 * The other spans of the traces that samples belong to, as long as one of those samples is kept. Together they
 * have so many bytes; beyond, a trace goes as a whole, the one that was begun first.
 */
export class KeptTraces {
  readonly #limits: KeptTraceLimits;
  /**
   * Most traces have one sample and nothing else, and then no object of their own but a small number: since when
   * they are kept, after {@link #firstMs}; 0 is from the beginning.
   */
  readonly #traces = new Map<string, Rest | number>();
  #firstMs: number | undefined;
  /** Those with records, oldest first. */
  readonly #full = new Set<Rest>();
  /** How many traces have each tag. */
  readonly #tags = new Uint16Array(TAGS);
  #bytes = 0;
  #evicted = 0;

  constructor(limits: KeptTraceLimits) {
    this.#limits = limits;
  }

  /** Estimated. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Traces of which only the samples are left, because of the bytes. */
  get evicted(): number {
    return this.#evicted;
  }

  /** How many traces there are. */
  get size(): number {
    return this.#traces.size;
  }

  /** False where no trace with this tag is kept: quick, and nearly always the answer. */
  mayHave(tag: number): boolean {
    return this.#tags[tag] !== 0;
  }

  has(traceId: string): boolean {
    return this.#traces.has(traceId);
  }

  get(traceId: string): KeptTrace | undefined {
    const trace = this.#traces.get(traceId);
    return typeof trace === 'number' ? this.#restFrom(trace) : trace;
  }

  /** A sample was taken. True where the trace was not kept before; what ended until `sinceMs` may be missing. */
  sampled(traceId: string, sinceMs: number): boolean {
    const trace = this.#traces.get(traceId);
    if (trace === undefined) this.#begin(traceId, sinceMs);
    else this.#rest(traceId, trace).samples++;
    return trace === undefined;
  }

  /** Keeps a trace without a sample, too. True where it was not kept before. */
  watch(traceId: string, sinceMs: number): boolean {
    const trace = this.#traces.get(traceId);
    const rest = this.#rest(traceId, trace ?? this.#begin(traceId, sinceMs));
    if (trace === undefined) rest.samples = 0;
    rest.isWatched = true;
    return trace === undefined;
  }

  unwatch(traceId: string): void {
    const trace = this.#traces.get(traceId);
    if (typeof trace !== 'object') return;
    trace.isWatched = false;
    if (trace.samples === 0) this.#drop(traceId, trace);
  }

  /** A sample went. It stays as one of the others, or all of them go with the last. */
  released(sample: SampleRecord): void {
    const { traceId } = sample;
    const trace = this.#traces.get(traceId);
    if (typeof trace === 'object') {
      trace.samples--;
      if (trace.samples > 0 || trace.isWatched) this.#keep(trace, () => sample);
      else this.#drop(traceId, trace);
    } else if (trace !== undefined) this.#drop(traceId, undefined);
  }

  /** Keeps what `record` makes of another span of a trace that is kept, where there is room. */
  add(traceId: string, record: () => SampleRecord): void {
    const trace = this.#traces.get(traceId);
    if (trace !== undefined) this.#keep(this.#rest(traceId, trace), record);
  }

  #begin(traceId: string, sinceMs: number): number {
    let since = 0;
    if (Number.isFinite(sinceMs)) {
      this.#firstMs ??= sinceMs - 1;
      since = Math.max(1, sinceMs - this.#firstMs);
    }
    this.#traces.set(traceId, since);
    this.#tags[tagOf(traceId)]!++;
    return since;
  }

  #rest(traceId: string, trace: Rest | number): Rest {
    if (typeof trace === 'object') return trace;
    const rest = this.#restFrom(trace);
    this.#traces.set(traceId, rest);
    return rest;
  }

  #restFrom(since: number): Rest {
    const sinceMs = since === 0 ? Number.NEGATIVE_INFINITY : (this.#firstMs ?? 0) + since;
    return { samples: 1, isWatched: false, records: [], bytes: 0, lost: 0, sinceMs, isEvicted: false };
  }

  #keep(rest: Rest, record: () => SampleRecord): void {
    if (rest.isEvicted || rest.records.length >= this.#limits.maxTraceSpans) {
      rest.lost++;
      return;
    }
    const kept = record();
    rest.records.push(kept);
    rest.bytes += kept.bytes;
    this.#bytes += kept.bytes;
    this.#full.add(rest);
    if (this.#bytes > this.#limits.maxTraceBytes) this.#evict();
  }

  #evict(): void {
    for (const oldest of this.#full) {
      if (this.#bytes <= this.#limits.maxTraceBytes) return;
      oldest.lost += oldest.records.length;
      oldest.isEvicted = true;
      this.#evicted++;
      this.#forget(oldest);
    }
  }

  #drop(traceId: string, rest: Rest | undefined): void {
    this.#traces.delete(traceId);
    this.#tags[tagOf(traceId)]!--;
    if (rest !== undefined) this.#forget(rest);
  }

  #forget(rest: Rest): void {
    this.#full.delete(rest);
    this.#bytes -= rest.bytes;
    rest.bytes = 0;
    rest.records = [];
  }
}
