import { compatibleEndpoints, mergeSpans } from './merge.js';
import type { Span } from './span.js';

/** A span in its place. */
export interface TraceNode {
  readonly span: Span;
  /** Sorted by start, then id; spans without a start last. */
  readonly children: readonly TraceNode[];
  /** 0 for a root. */
  readonly depth: number;
}

/** The spans of one trace as a forest: every span given is in it exactly once, whatever shape they had. */
export interface TraceTree {
  /** True roots first, then spans whose parent is missing or was cut; each lot sorted like children. */
  readonly roots: readonly TraceNode[];
  /** Number of nodes. */
  readonly size: number;
  /** Parent ids that spans name but no span has, sorted: the trace is incomplete. */
  readonly missingParentIds: readonly string[];
  /** Ids of spans whose parent link was ignored because it closed a cycle, sorted. */
  readonly brokenCycleIds: readonly string[];
}

interface Draft {
  readonly span: Span;
  readonly children: Draft[];
  depth: number;
  parent?: Draft;
}

/** Builds the tree of one trace. Pieces of a span are joined by {@link mergeSpans} first. Of several halves with
 * one id, the sender's holds the place and the others stand under it; children go to the half with their own
 * endpoint. Missing parents and cycles cost no span. Nothing recurses, so depth has no limit. */
export function buildTraceTree(spans: readonly Span[]): TraceTree {
  const drafts = mergeSpans(spans).map((span): Draft => ({ span, children: [], depth: 0 }));
  drafts.sort(compareDrafts);
  const byId = new Map<string, Draft[]>();
  for (const draft of drafts) {
    const halves = byId.get(draft.span.id);
    if (halves) halves.push(draft);
    else byId.set(draft.span.id, [draft]);
  }
  const firstHalves = new Map<string, Draft>();
  for (const [id, halves] of byId) firstHalves.set(id, halves.reduce(betterFirstHalf));

  const missing = new Set<string>();
  for (const draft of drafts) draft.parent = findParent(draft, byId, firstHalves, missing);
  const broken = cutCycles(drafts);

  const trueRoots: Draft[] = [];
  const strayRoots: Draft[] = [];
  for (const draft of drafts) {
    if (draft.parent) draft.parent.children.push(draft);
    else if (draft.span.parentId) strayRoots.push(draft);
    else trueRoots.push(draft);
  }
  const roots = [...trueRoots, ...strayRoots];
  const tree = {
    roots,
    size: drafts.length,
    missingParentIds: [...missing].toSorted(),
    brokenCycleIds: broken.toSorted(),
  };
  for (const node of walkDrafts(roots)) {
    for (const child of node.children) child.depth = node.depth + 1;
    delete node.parent; // a tree that is printed or cloned should hold no way up
  }
  return tree;
}

/** Every node of a tree, parents before children, in the order of the rows of a waterfall. */
export function walkTraceTree(tree: TraceTree): Generator<TraceNode> {
  return walkDrafts(tree.roots);
}

function* walkDrafts<T extends { readonly children: readonly T[] }>(roots: readonly T[]): Generator<T> {
  const stack = roots.toReversed();
  for (let node = stack.pop(); node; node = stack.pop()) {
    yield node;
    for (let i = node.children.length - 1; i >= 0; i--) stack.push(node.children[i]!);
  }
}

function findParent(
  draft: Draft,
  byId: ReadonlyMap<string, readonly Draft[]>,
  firstHalves: ReadonlyMap<string, Draft>,
  missing: Set<string>,
): Draft | undefined {
  const { id, parentId, localEndpoint } = draft.span;
  const firstHalf = firstHalves.get(id);
  if (firstHalf !== draft) return firstHalf;
  if (!parentId) return undefined;
  const halves = byId.get(parentId);
  if (!halves) {
    missing.add(parentId);
    return undefined;
  }
  const hasOwnEndpoint = ({ span }: Draft): boolean =>
    span.localEndpoint != null && compatibleEndpoints(span.localEndpoint, localEndpoint);
  return (
    (localEndpoint && halves.find((half) => half !== firstHalves.get(parentId) && hasOwnEndpoint(half))) ??
    firstHalves.get(parentId)
  );
}

/** Sender before receiver; drafts are sorted already, so of equals the earlier stays. */
function betterFirstHalf(a: Draft, b: Draft): Draft {
  return halfRank(b.span) < halfRank(a.span) ? b : a;
}

function halfRank({ shared, kind }: Span): number {
  return (shared ? 2 : 0) + (kind === 'SERVER' || kind === 'CONSUMER' ? 1 : 0);
}

/** Follows each way up once; where it meets itself, the earliest span of the ring becomes a root. */
function cutCycles(drafts: readonly Draft[]): string[] {
  const cutIds: string[] = [];
  const walkOf = new Map<Draft, number>();
  for (const [walk, start] of drafts.entries()) {
    let at: Draft | undefined = start;
    while (at && !walkOf.has(at)) {
      walkOf.set(at, walk);
      at = at.parent;
    }
    if (!at || walkOf.get(at) !== walk) continue;
    let earliest = at;
    for (let ring = at.parent!; ring !== at; ring = ring.parent!) {
      if (compareDrafts(ring, earliest) < 0) earliest = ring;
    }
    earliest.parent = undefined;
    cutIds.push(earliest.span.id);
  }
  return cutIds;
}

function compareDrafts({ span: a }: Draft, { span: b }: Draft): number {
  return (
    (a.timestamp ?? Infinity) - (b.timestamp ?? Infinity) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0) ||
    Number(a.shared ?? false) - Number(b.shared ?? false)
  );
}
