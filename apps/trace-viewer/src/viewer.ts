import { Collector } from './collector/collector.js';
import { ChangeFeed } from './live/change-feed.js';
import { EventStreams, type EventStreamOptions } from './live/event-stream.js';
import { CollectorMetrics } from './metrics.js';
import { LinkCache } from './query/link-cache.js';
import { SummaryCache } from './query/summary-cache.js';
import type { MemoryStore } from './store/memory-store.js';
import { openStore } from './store/open-store.js';
import type { StoreLimits } from './store/span-store.js';

/** What a trace viewer can be told. */
export interface ViewerOptions extends StoreLimits {
  /** SQLite file in which spans outlive the process. Default: memory only. */
  readonly file?: string;
  /** Milliseconds that a search looks back unless it says otherwise. Default 24 hours. */
  readonly lookbackMs?: number;
  /** Host names, without port, to answer under besides localhost and IP addresses; `*` for any. Default none. */
  readonly allowedHosts?: readonly string[];
  /** Origins of other web pages that may read and send; `*` for any. Default none. */
  readonly allowedOrigins?: readonly string[];
  /** Most bytes of a body, unpacked. Default 5 MiB. */
  readonly maxBodyBytes?: number;
  /** Folder of the page's built files. Default: where the build puts them. */
  readonly pageFolder?: string;
  /** Milliseconds for which changes are gathered before listening pages are told. Default 250. */
  readonly gatherMs?: number;
  /** Bounds of the pages that listen. */
  readonly events?: Pick<EventStreamOptions, 'maxClients' | 'maxUnreadBytes' | 'keepAliveMs'>;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** Told of what a person should know, a line each. Default: the console's warnings. */
  readonly warn?: (message: string) => void;
}

/** The parts of a viewer that its controllers share. */
export interface Viewer {
  readonly store: MemoryStore;
  readonly collector: Collector;
  readonly metrics: CollectorMetrics;
  readonly summaries: SummaryCache;
  readonly links: LinkCache;
  readonly events: EventStreams;
  readonly now: () => number;
  readonly lookbackMs: number;
  readonly maxBodyBytes: number;
  readonly autocompleteKeys: readonly string[];
}

/** Injection token of the {@link Viewer}. */
export const VIEWER = Symbol('VIEWER');

/** Defaults of {@link ViewerOptions}. */
export const DEFAULT_LOOKBACK_MS = 24 * 60 * 60 * 1000;
export const DEFAULT_MAX_BODY_BYTES = 5 * 1024 * 1024;

/** Puts a viewer together. @throws ViewerError when the file cannot be used. */
export function createViewer({
  lookbackMs = DEFAULT_LOOKBACK_MS,
  maxBodyBytes = DEFAULT_MAX_BODY_BYTES,
  autocompleteKeys = [],
  now = Date.now,
  warn = console.warn,
  gatherMs,
  events,
  ...limits
}: ViewerOptions = {}): Viewer {
  const feed = new ChangeFeed({ gatherMs });
  const summaries = new SummaryCache();
  const links = new LinkCache();
  const store = openStore({
    maxSpans: limits.maxSpans,
    maxBytes: limits.maxBytes,
    strictTraceId: limits.strictTraceId,
    file: limits.file,
    autocompleteKeys,
    now,
    onChange: (traces) => feed.changed(traces),
    onEvict: (trace) => {
      summaries.forget(trace);
      links.forget(trace);
    },
    onClear: () => {
      summaries.clear();
      links.clear();
      feed.cleared();
    },
    onUnreadable: (count) => warn(`${count} spans of ${limits.file} cannot be read and were left out.`),
  });
  const metrics = new CollectorMetrics();
  return {
    store,
    collector: new Collector(store, metrics),
    metrics,
    summaries,
    links,
    events: new EventStreams({ ...events, feed, stats: () => store.stats }),
    now,
    lookbackMs,
    maxBodyBytes,
    autocompleteKeys,
  };
}
