import type { Span } from '@distrace/zipkin';
import { ArrivalQueue } from './arrival-queue.js';
import { NameIndex, type Name } from './name-index.js';
import { SortedList } from './sorted-list.js';
import { SpanPacker } from './span-packer.js';
import type { Journal, StoreLimits, StoreStats, TraceReader } from './span-store.js';
import { StoredTrace } from './stored-trace.js';

/** Defaults of {@link StoreLimits}. */
export const DEFAULT_MAX_SPANS = 500_000;
export const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;

/** Options of a {@link MemoryStore}. */
export interface MemoryStoreOptions extends StoreLimits {
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** Keeps a copy elsewhere. Default none. */
  readonly journal?: Journal;
  /** Told which traces got new spans, once per {@link MemoryStore.add}. */
  readonly onChange?: (traces: readonly StoredTrace[]) => void;
  /** Told of each trace that made room. */
  readonly onEvict?: (trace: StoredTrace) => void;
  readonly onClear?: () => void;
}

/** What an earlier run knew of a trace. */
export interface RestoredPiece {
  readonly arrival: number;
  readonly arrivedAtMs: number;
  readonly spans: readonly Span[];
}

/** Spans in memory, by trace. Bounded: the traces that arrived first make room, each as a whole. */
export class MemoryStore implements TraceReader {
  readonly #limits: Required<StoreLimits>;
  readonly #now: () => number;
  readonly #journal: Journal | undefined;
  readonly #onChange: ((traces: readonly StoredTrace[]) => void) | undefined;
  readonly #onEvict: ((trace: StoredTrace) => void) | undefined;
  readonly #onClear: (() => void) | undefined;
  readonly #traces = new Map<string, StoredTrace>();
  readonly #arrivals = new ArrivalQueue<StoredTrace>();
  readonly #byLatest = new SortedList<StoredTrace>((a, b) => a.latest - b.latest || a.arrival - b.arrival);
  readonly #byStart = new SortedList<StoredTrace>((a, b) => a.listedAt - b.listedAt || a.arrival - b.arrival);
  #names: NameIndex;
  #packer = new SpanPacker();
  #nextArrival = 1;
  #evictedUpTo = 0;
  #spans = 0;
  #bytes = 0;
  #added = 0;
  #repeated = 0;
  #evictedSpans = 0;
  #evictedTraces = 0;
  #cleared = 0;

  constructor({
    maxSpans = DEFAULT_MAX_SPANS,
    maxBytes = DEFAULT_MAX_BYTES,
    strictTraceId = true,
    autocompleteKeys = [],
    now = Date.now,
    journal,
    onChange,
    onEvict,
    onClear,
  }: MemoryStoreOptions = {}) {
    this.#limits = { maxSpans, maxBytes, strictTraceId, autocompleteKeys };
    this.#now = now;
    this.#journal = journal;
    this.#onChange = onChange;
    this.#onEvict = onEvict;
    this.#onClear = onClear;
    this.#names = new NameIndex(autocompleteKeys);
  }

  /**
   * Adds spans, normalised ones as a decoder gives them.
   * @throws what the journal throws; the spans are in memory then, and adding them again saves them.
   */
  add(spans: readonly Span[]): void {
    const touched = this.#addAll(spans, { nowMs: this.#now(), journal: this.#journal });
    if (touched.size > 0) this.#onChange?.([...touched]);
    this.#journal?.commit();
  }

  /** Adds what a journal kept, under the arrival it had. Pieces must come in the order in which they were added. */
  restore({ arrival, arrivedAtMs, spans }: RestoredPiece): void {
    // A late piece of a trace that today's limits have no room for: as a new trace it would get somebody else's arrival.
    if (arrival <= this.#evictedUpTo) return;
    this.#nextArrival = Math.max(this.#nextArrival, arrival);
    this.#addAll(spans, { nowMs: arrivedAtMs, journal: undefined });
  }

  /** Removes everything. @throws what the journal throws. */
  clear(): void {
    this.#cleared += this.#spans;
    for (const trace of this.#traces.values()) trace.isEvicted = true;
    this.#traces.clear();
    this.#arrivals.clear();
    this.#byLatest.clear();
    this.#byStart.clear();
    this.#names = new NameIndex(this.#limits.autocompleteKeys);
    this.#packer = new SpanPacker();
    this.#spans = 0;
    this.#bytes = 0;
    this.#onClear?.();
    this.#journal?.cleared();
    this.#journal?.commit();
  }

  close(): void {
    this.#journal?.close();
  }

  trace(traceId: string): StoredTrace | undefined {
    return this.#traces.get(this.#keyOf(traceId));
  }

  byLatestSpan(): Iterable<StoredTrace> {
    return this.#byLatest.backwards();
  }

  byStart(): Iterable<StoredTrace> {
    return this.#byStart.backwards();
  }

  values(kind: Name['kind'], group?: string): string[] {
    return this.#names.values(kind, group);
  }

  findName(kind: Name['kind'], group: string, value: string): Name | undefined {
    return this.#names.find(kind, group, value);
  }

  get serviceCount(): number {
    return this.#names.serviceCount;
  }

  /** Why spans cannot be saved; undefined when they can. */
  get problem(): string | undefined {
    return this.#journal?.problem;
  }

  get stats(): StoreStats {
    return {
      traces: this.#traces.size,
      spans: this.#spans,
      bytes: this.#bytes,
      spansAdded: this.#added,
      spansRepeated: this.#repeated,
      spansEvicted: this.#evictedSpans,
      tracesEvicted: this.#evictedTraces,
      spansCleared: this.#cleared,
    };
  }

  #addAll(
    spans: readonly Span[],
    { nowMs, journal }: { readonly nowMs: number; readonly journal: Journal | undefined },
  ): Set<StoredTrace> {
    const touched = new Set<StoredTrace>();
    for (const span of spans) {
      const trace = this.#open(span.traceId, nowMs, touched);
      const bytesBefore = trace.bytes;
      if (!trace.add(span, this.#names, nowMs)) {
        this.#repeated += 1;
        continue;
      }
      this.#added += 1;
      this.#spans += 1;
      this.#bytes += trace.bytes - bytesBefore;
      journal?.added(trace);
      // At once: a list may hold many times what there is room for.
      if (this.#bytes > this.#limits.maxBytes) this.#evict(touched);
    }
    this.#evict(touched);
    for (const trace of touched) {
      this.#byLatest.add(trace);
      this.#byStart.add(trace);
    }
    return touched;
  }

  /** The trace of an id, new or out of its lists, for its place in them may change. */
  #open(traceId: string, nowMs: number, touched: Set<StoredTrace>): StoredTrace {
    const key = this.#keyOf(traceId);
    const known = this.#traces.get(key);
    if (known) {
      if (touched.has(known)) return known;
      this.#unlist(known);
      touched.add(known);
      return known;
    }
    const trace = new StoredTrace(key, { arrival: this.#nextArrival++, nowMs, packer: this.#packer });
    this.#traces.set(trace.id, trace);
    this.#arrivals.push(trace);
    this.#bytes += trace.bytes;
    touched.add(trace);
    return trace;
  }

  /** Makes room. Those that are being added to are in no list. */
  #evict(touched: Set<StoredTrace>): void {
    while (this.#spans > this.#limits.maxSpans || this.#bytes > this.#limits.maxBytes) {
      const trace = this.#arrivals.shift();
      if (trace === undefined) break;
      this.#traces.delete(trace.id);
      if (!touched.delete(trace)) this.#unlist(trace);
      trace.isEvicted = true;
      for (const name of trace.names) this.#names.release(name);
      this.#spans -= trace.spanCount;
      this.#bytes -= trace.bytes;
      this.#evictedSpans += trace.spanCount;
      this.#evictedTraces += 1;
      this.#evictedUpTo = trace.arrival;
      this.#journal?.evicted(trace);
      this.#onEvict?.(trace);
    }
  }

  #unlist(trace: StoredTrace): void {
    this.#byLatest.delete(trace);
    this.#byStart.delete(trace);
  }

  #keyOf(traceId: string): string {
    return this.#limits.strictTraceId ? traceId : traceId.slice(-16);
  }
}
