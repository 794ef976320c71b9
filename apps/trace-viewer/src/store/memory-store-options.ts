import type { Span } from '@distrace/zipkin';
import type { Journal, StoreLimits } from './span-store.js';
import type { StoredTrace } from './stored-trace.js';

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
