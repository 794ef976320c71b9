import type { Span } from '@distrace/zipkin';
import {
  DEFAULT_MAX_BYTES,
  DEFAULT_MAX_SPANS,
  type MemoryStoreOptions,
  type RestoredPiece,
} from './memory-store-options.js';
import { NameIndex, type Name } from './name-index.js';
import { SpanPacker } from './span-packer.js';
import type { Journal, StoreLimits, StoreStats, TraceReader } from './span-store.js';
import { StoredTrace } from './stored-trace.js';
import { TraceShelf } from './trace-shelf.js';

/** Spans in memory, by trace. Bounded: the traces that arrived first make room, each as a whole. */
export class MemoryStore implements TraceReader {
  readonly #limits: Required<StoreLimits>;
  readonly #now: () => number;
  readonly #journal: Journal | undefined;
  readonly #onChange: ((traces: readonly StoredTrace[]) => void) | undefined;
  readonly #onEvict: ((trace: StoredTrace) => void) | undefined;
  readonly #onClear: (() => void) | undefined;
  readonly #shelf = new TraceShelf();
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
    this.#shelf.clear();
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
    return this.#shelf.get(this.#keyOf(traceId));
  }

  byLatestSpan(): Iterable<StoredTrace> {
    return this.#shelf.byLatest();
  }

  byStart(): Iterable<StoredTrace> {
    return this.#shelf.byStart();
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
      traces: this.#shelf.size,
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
    for (const trace of touched) this.#shelf.list(trace);
    return touched;
  }

  /** The trace of an id, new or out of its lists, for its place in them may change. */
  #open(traceId: string, nowMs: number, touched: Set<StoredTrace>): StoredTrace {
    const key = this.#keyOf(traceId);
    const known = this.#shelf.get(key);
    if (known) {
      if (touched.has(known)) return known;
      this.#shelf.unlist(known);
      touched.add(known);
      return known;
    }
    const trace = new StoredTrace(key, { arrival: this.#nextArrival++, nowMs, packer: this.#packer });
    this.#shelf.add(trace);
    this.#bytes += trace.bytes;
    touched.add(trace);
    return trace;
  }

  /** Makes room. Those that are being added to are in no list. */
  #evict(touched: Set<StoredTrace>): void {
    while (this.#spans > this.#limits.maxSpans || this.#bytes > this.#limits.maxBytes) {
      const trace = this.#shelf.takeOldest();
      if (trace === undefined) break;
      if (!touched.delete(trace)) this.#shelf.unlist(trace);
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

  #keyOf(traceId: string): string {
    return this.#limits.strictTraceId ? traceId : traceId.slice(-16);
  }
}
