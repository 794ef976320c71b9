import type { Name } from './name-index.js';
import type { StoredTrace } from './stored-trace.js';

/** How much a store keeps, and how it tells traces apart. */
export interface StoreLimits {
  /** Beyond it the traces that arrived first go, each as a whole. Default 500,000. */
  readonly maxSpans?: number;
  /** The same for the estimated memory of all that is kept, in bytes. Default 256 MiB. */
  readonly maxBytes?: number;
  /** Whether trace ids are told apart by all 128 bits; if not, by the low 64. Default true. */
  readonly strictTraceId?: boolean;
  /** Tags whose values can be listed. Default none. */
  readonly autocompleteKeys?: readonly string[];
}

/** Counters and sizes of a store. `spansAdded` = `spans` + `spansEvicted` + `spansCleared`, always. */
export interface StoreStats {
  readonly traces: number;
  readonly spans: number;
  /** Estimated memory. */
  readonly bytes: number;
  /** Spans that were new. */
  readonly spansAdded: number;
  /** Spans that were there already, to the letter, and were not kept twice. */
  readonly spansRepeated: number;
  readonly spansEvicted: number;
  readonly tracesEvicted: number;
  /** Spans that somebody removed on purpose. */
  readonly spansCleared: number;
}

/** What queries read. Ids are normalised: 16 or 32 lower-case hex digits. */
export interface TraceReader {
  /** The trace with this id; undefined when none of its spans is here. */
  trace(traceId: string): StoredTrace | undefined;
  /** All traces, the one with the latest start of a span first. Nothing may be added while it is read. */
  byLatestSpan(): Iterable<StoredTrace>;
  /** All traces, the one that began last first. Nothing may be added while it is read. */
  byStart(): Iterable<StoredTrace>;
  /** Known values: of services, of a service's span names or remote services, of a tag; sorted. */
  values(kind: Name['kind'], group?: string): string[];
  /** The name as traces refer to it; undefined when no trace has it. */
  findName(kind: Name['kind'], group: string, value: string): Name | undefined;
  readonly serviceCount: number;
  readonly stats: StoreStats;
}

/** Keeps a second copy of what the store keeps. The calls between two commits belong together. */
export interface Journal {
  /** The trace's last span is new. */
  added(trace: StoredTrace): void;
  /** This trace is gone, as are all that arrived before it. */
  evicted(trace: StoredTrace): void;
  cleared(): void;
  /** @throws when what was said since the last commit that went well could not be saved; it is tried again with the next. */
  commit(): void;
  /** Why the last commit failed; undefined when it did not. */
  readonly problem?: string | undefined;
  close(): void;
}
