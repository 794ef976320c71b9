import type { DependencyLink } from '@distrace/zipkin';
import type { TraceReader } from '../store/span-store.js';
import type { StoredTrace } from '../store/stored-trace.js';
import { Slicer, type SliceOptions } from '../in-slices.js';
import type { LinkCache } from './link-cache.js';
import type { TimeWindow } from './trace-query.js';

/** What {@link findDependencies} reads from. */
export interface LinkSource {
  readonly reader: TraceReader;
  readonly links: LinkCache;
}

/** Who calls whom in the traces that have a span in the window, in the order in which it is found, latest trace first. */
export async function findDependencies(
  { reader, links: known }: LinkSource,
  window: TimeWindow,
  options: SliceOptions = {},
): Promise<DependencyLink[]> {
  const traces: StoredTrace[] = [];
  for (const trace of reader.byLatestSpan()) {
    if (trace.latest < window.beginMs * 1000) break;
    if (trace.earliest <= window.endMs * 1000) traces.push(trace);
  }
  const slicer = new Slicer(options);
  const sums = new Map<string, DependencyLink>();
  for (const trace of traces) {
    for (const link of await known.of(trace)) addLink(sums, link);
    if (slicer.isOver) await slicer.pause();
  }
  return [...sums.values()];
}

function addLink(sums: Map<string, DependencyLink>, link: DependencyLink): void {
  const key = `${link.parent}\0${link.child}`;
  const sum = sums.get(key);
  const errorCount = (sum?.errorCount ?? 0) + (link.errorCount ?? 0);
  sums.set(key, {
    parent: link.parent,
    child: link.child,
    callCount: (sum?.callCount ?? 0) + link.callCount,
    ...(errorCount > 0 && { errorCount }),
  });
}
