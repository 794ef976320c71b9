import type { Span } from '../span.js';
import { hasError } from './row-facts.js';
import { buildTraceTree } from './tree.js';
import type { TraceTree } from './tree.js';

/** How often one service called another. */
export interface DependencyLink {
  readonly parent: string;
  readonly child: string;
  readonly callCount: number;
  /** Calls with a tag `error`; absent when there were none. */
  readonly errorCount?: number;
}

/** Who calls whom, counted as Zipkin's dependency linker counts: a server's half speaks for the call, a client
 * without children for itself, and messaging links both sides to the broker's name (without one, to nothing). Each
 * trace comes as its spans (whole or in pieces) or as its tree. Sorted by parent, then child. */
export function linkDependencies(traces: Iterable<readonly Span[] | TraceTree>): DependencyLink[] {
  const counts = new Map<string, Map<string, Count>>();
  const add: AddLink = (parent, child, isError) => {
    let children = counts.get(parent);
    if (!children) counts.set(parent, (children = new Map<string, Count>()));
    let count = children.get(child);
    if (!count) children.set(child, (count = { calls: 0, errors: 0 }));
    count.calls++;
    if (isError) count.errors++;
  };
  for (const trace of traces) linkTrace('nodes' in trace ? trace : buildTraceTree(trace), add);
  return [...counts].toSorted(byKey).flatMap(([parent, children]) =>
    [...children].toSorted(byKey).map(([child, { calls, errors }]) => ({
      parent,
      child,
      callCount: calls,
      ...(errors > 0 && { errorCount: errors }),
    })),
  );
}

interface Count {
  calls: number;
  errors: number;
}

type AddLink = (parent: string, child: string, isError: boolean) => void;

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function linkTrace(tree: TraceTree, add: AddLink): void {
  const { nodes, rows } = tree;
  const first = tree.roots[0];
  // What has no parent here hangs from the true root there.
  const trueRoot = first && first.span.parentId === undefined ? first : undefined;
  const hasChildren = nodes.map(({ halves }) => halves.map((_, half) => half === 0 && halves.length > 1));
  for (const { row, parentHalf } of nodes) {
    const parent = rows.parent[row]!;
    if (parent >= 0) hasChildren[parent]![parentHalf] = true;
    else if (trueRoot && trueRoot.row !== row) hasChildren[trueRoot.row]![0] = true;
  }
  const callers: (Span | undefined)[][] = []; // the nearest span above that has a kind, of each half
  for (const { row, halves, parentHalf } of nodes) {
    const parentRow = rows.parent[row]! >= 0 || !trueRoot ? rows.parent[row]! : trueRoot.row;
    const parent = parentRow === row ? undefined : nodes[parentRow]?.halves[parentHalf];
    const own: (Span | undefined)[] = [];
    for (const [half, span] of halves.entries()) {
      const above = half === 0 ? parent : halves[0];
      const caller = above?.kind ? above : half === 0 ? callers[parentRow]?.[parentHalf] : own[0];
      own.push(caller);
      linkHalf(span, caller, hasChildren[row]![half]!, add);
    }
    callers.push(own);
  }
}

function linkHalf(span: Span, caller: Span | undefined, hasChildren: boolean, add: AddLink): void {
  const local = span.localEndpoint?.serviceName;
  const remote = span.remoteEndpoint?.serviceName;
  // A span without a kind that knows both sides is a client in all but name.
  const kind = span.kind ?? (local !== undefined && remote !== undefined ? 'CLIENT' : undefined);
  if (!kind || (span.kind === 'CLIENT' && hasChildren)) return;
  let isError = hasError(span);
  if (kind === 'PRODUCER' || kind === 'CONSUMER') {
    if (local === undefined || remote === undefined) return;
    if (kind === 'PRODUCER') add(local, remote, isError);
    else add(remote, local, isError);
    return;
  }
  let parent = kind === 'CLIENT' ? local : remote;
  const child = kind === 'CLIENT' ? remote : local;
  const callerName = caller?.localEndpoint?.serviceName;
  if (caller && callerName !== undefined) {
    // A client in another service than the one above it: some hop in between was not recorded.
    if (kind === 'CLIENT' && local !== undefined && callerName !== local) add(callerName, local, false);
    if (kind === 'SERVER' || parent === undefined) parent = callerName;
    isError ||= caller.kind === 'CLIENT' && span.parentId === caller.id && hasError(caller);
  }
  if (parent !== undefined && child !== undefined) add(parent, child, isError);
}
