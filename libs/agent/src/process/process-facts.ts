const RESOLUTION_MS = 20;
const NANOSECONDS_PER_MS = 1e6;

/** What Node says of a collection, in words that its types lack. */
interface GcEntry {
  readonly duration: number;
  readonly detail?: { readonly kind?: number };
}

/** Low-level facts of this process since the last time they were asked for. Numbers only, units in the names. */
export type ProcessFacts = () => Readonly<Record<string, number>>;

/**
 * Begins to watch the event loop and the garbage collector; keeps no process alive. `modules` says how many modules
 * the loader has been asked for.
 */
export function watchProcess(modules: () => number): ProcessFacts {
  // Not imported: most processes never ask.
  const { constants, monitorEventLoopDelay, PerformanceObserver } =
    process.getBuiltinModule('node:perf_hooks');
  const { getHeapStatistics } = process.getBuiltinModule('node:v8');
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const gc = { count: 0, majorCount: 0, durationMs: 0 };
  new PerformanceObserver((list) => {
    for (const { duration, detail } of list.getEntries() as readonly GcEntry[]) {
      gc.count += 1;
      gc.durationMs += duration;
      if (detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR) gc.majorCount += 1;
    }
  }).observe({ entryTypes: ['gc'] });
  return () => {
    const { used_heap_size: used, total_heap_size: total, heap_size_limit: limit } = getHeapStatistics();
    const facts = {
      eventLoopDelayP50Ms: msOf(delay.percentile(50)),
      eventLoopDelayP99Ms: msOf(delay.percentile(99)),
      eventLoopDelayMaxMs: msOf(delay.max),
      gcCount: gc.count,
      gcMajorCount: gc.majorCount,
      gcDurationMs: gc.durationMs,
      heapUsedBytes: used,
      heapTotalBytes: total,
      heapLimitBytes: limit,
      rssBytes: process.memoryUsage.rss(),
      uptimeSeconds: process.uptime(),
      modulesLoaded: modules(),
    };
    delay.reset();
    Object.assign(gc, { count: 0, majorCount: 0, durationMs: 0 });
    return facts;
  };
}

/** A histogram without a sample has no sensible bounds. */
function msOf(nanoseconds: number): number {
  const ms = nanoseconds / NANOSECONDS_PER_MS;
  return Number.isFinite(ms) && ms >= 0 && ms < 1e12 ? ms : 0;
}
