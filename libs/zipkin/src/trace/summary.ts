import { factsOf, hasError, isOpen } from './row-facts.js';
import type { Span } from '../span.js';
import { buildTraceTree } from './tree.js';
import type { TraceTree } from './tree.js';

/** One line about a trace. */
export interface TraceSummary {
  readonly traceId: string;
  /** Service and name of the first root's row; absent when it says none. */
  readonly rootService?: string;
  readonly rootName?: string;
  /** Services by the number of spans they recorded (a half counts for its own), most first, then by name. */
  readonly services: readonly { readonly name: string; readonly count: number }[];
  /** Number of distinct span ids. */
  readonly spanCount: number;
  /** Of those, how many have a tag `error` on any half. */
  readonly errorCount: number;
  /** Earliest start, epoch microseconds; absent when nothing has a time. */
  readonly timestamp?: number;
  /** From the earliest start to the latest end, microseconds; absent when nothing has a time. */
  readonly duration?: number;
  /** How many spans have started and not ended. */
  readonly openCount: number;
  /** How many parents are named and not there. */
  readonly missingCount: number;
  /** Whether parents are missing, or no span is a true root. */
  readonly incomplete: boolean;
}

/** Sums up a trace, which comes as its spans (whole or in pieces) or as its tree. */
export function summarise(trace: readonly Span[] | TraceTree): TraceSummary {
  const tree = 'nodes' in trace ? trace : buildTraceTree(trace);
  const counts = new Map<string, number>();
  let errorCount = 0;
  let openCount = 0;
  let timed = false;
  for (const { halves } of tree.nodes) {
    if (halves.some(hasError)) errorCount++;
    if (halves.some(isOpen)) openCount++;
    for (const { localEndpoint, timestamp } of halves) {
      timed ||= timestamp !== undefined;
      const name = localEndpoint?.serviceName;
      if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const root = tree.roots[0];
  const facts = root && factsOf(root);
  return {
    traceId: tree.traceId,
    ...(facts?.serviceName !== undefined && { rootService: facts.serviceName }),
    ...(facts?.name !== undefined && { rootName: facts.name }),
    services: [...counts]
      .map(([name, count]) => ({ name, count }))
      .toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)),
    spanCount: tree.size,
    errorCount,
    ...(timed && { timestamp: tree.start, duration: tree.end - tree.start }),
    openCount,
    missingCount: tree.missingParentIds.length,
    incomplete: tree.missingParentIds.length > 0 || root?.span.parentId !== undefined,
  };
}
