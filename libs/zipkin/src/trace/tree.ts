import { arrange, placeFor } from './arrange.js';
import type { TreePlace } from './arrange.js';
import { findParents } from './find-parents.js';
import { mergeSpans } from './merge.js';
import type { Span } from '../span.js';

/** One row of a trace: all that was recorded under one span id, in its place. */
export interface TraceNode {
  /** Index in {@link TraceTree.nodes} and in every array of {@link TraceRows}. */
  readonly row: number;
  /** The half that holds the place: the sender's where there is one. Same as `halves[0]`. */
  readonly span: Span;
  /** All spans with this id: the sender's half first, then the receivers'. Mostly one. */
  readonly halves: readonly Span[];
  /** Which of the parent's halves this hangs from: an index in its `halves`, 0 for a root. */
  readonly parentHalf: number;
  /** 0 for a root. */
  readonly depth: number;
  /** Sorted by start, then id; those without a start last. */
  readonly children: readonly TraceNode[];
}

/** The shape and the times of a trace as numbers, one entry per row, parents before children: what a page of
 * virtual rows reads. To skip a collapsed subtree, go on at `subtreeEnd[row]`. */
export interface TraceRows {
  /** Epoch microseconds of the first half that has a start, NaN where none has. */
  readonly start: Float64Array;
  /** Microseconds of that half, NaN where it has none (unfinished). */
  readonly duration: Float64Array;
  readonly depth: Int32Array;
  /** Row of the parent, -1 for a root. */
  readonly parent: Int32Array;
  /** The row after the last descendant. */
  readonly subtreeEnd: Int32Array;
}

/** The spans of one trace as a forest: every span given is in it exactly once, whatever shape they had. */
export interface TraceTree {
  /** Of the first root; empty when there is no span. */
  readonly traceId: string;
  /** Every node in the order of the rows of a waterfall. */
  readonly nodes: readonly TraceNode[];
  readonly rows: TraceRows;
  /** True roots first, then receivers whose sender and parent are unknown, then spans whose parent is missing or
   * was cut (they have a `parentId`); each lot sorted like children. */
  readonly roots: readonly TraceNode[];
  /** Number of nodes: of distinct span ids. */
  readonly size: number;
  /** Earliest start and latest end of all halves, epoch microseconds; both 0 when nothing has a time. */
  readonly start: number;
  readonly end: number;
  /** Parent ids that spans name but no span has, sorted: the trace is incomplete. */
  readonly missingParentIds: readonly string[];
  /** Ids of spans whose parent link was ignored because it closed a cycle, sorted. */
  readonly brokenCycleIds: readonly string[];
}

/** Builds the tree of one trace. Pieces of a span are joined by {@link mergeSpans} first; halves with one id share
 * a node, and a child hangs from the half with its own endpoint. Missing parents and cycles cost no span. Nothing
 * recurses, so depth has no limit. */
export function buildTraceTree(spans: readonly Span[]): TraceTree {
  const places = placesById(mergeSpans(spans));
  const { missingParentIds, brokenCycleIds } = findParents(places);
  return arrange([...places.values()], { missingParentIds, brokenCycleIds });
}

/** Every node of a tree, parents before children, in the order of the rows of a waterfall: `tree.nodes`. */
export function walkTraceTree(tree: TraceTree): IterableIterator<TraceNode> {
  return tree.nodes.values();
}

/** One place per id, its halves in order. */
function placesById(spans: readonly Span[]): Map<string, TreePlace> {
  const places = new Map<string, TreePlace>();
  for (const span of spans) {
    const place = places.get(span.id);
    if (place) place.halves.push(span);
    else places.set(span.id, placeFor(span));
  }
  for (const { halves } of places.values()) if (halves.length > 1) halves.sort(compareHalves);
  return places;
}

/** Sender before receiver, a marked receiver last; then by start. */
function compareHalves(a: Span, b: Span): number {
  return halfRank(a) - halfRank(b) || (a.timestamp ?? Number.MAX_VALUE) - (b.timestamp ?? Number.MAX_VALUE);
}

function halfRank({ shared, kind }: Span): number {
  return (shared ? 2 : 0) + (kind === 'SERVER' || kind === 'CONSUMER' ? 1 : 0);
}
