import type { Span } from '../span.js';
import type { TraceNode, TraceRows, TraceTree } from './tree.js';

/** A node to be: its parent is known, its row is not. */
export interface TreePlace {
  readonly halves: Span[];
  parent: TreePlace | undefined;
  parentHalf: number;
  /** Scratch: of the search for cycles, and of sorting and laying out. */
  walk: number;
  start: number;
  draft: Draft | undefined;
}

/** A node whose row and children are being found. */
interface Draft {
  row: number;
  readonly span: Span;
  readonly halves: readonly Span[];
  readonly parentHalf: number;
  depth: number;
  children: Draft[];
}

const NO_CHILDREN: Draft[] = [];

/** A place for a span; other halves may be added. */
export function placeFor(span: Span): TreePlace {
  return { halves: [span], parent: undefined, parentHalf: 0, walk: -1, start: 0, draft: undefined };
}

/** Lays places out as rows: siblings by start, then id; parents before children. */
export function arrange(
  places: TreePlace[],
  problems: Pick<TraceTree, 'missingParentIds' | 'brokenCycleIds'>,
): TraceTree {
  for (const place of places) {
    const { halves, parentHalf } = place;
    place.start = timedHalf(halves)?.timestamp ?? Number.MAX_VALUE;
    place.draft = { row: -1, span: halves[0]!, halves, parentHalf, depth: 0, children: NO_CHILDREN };
  }
  places.sort((a, b) => a.start - b.start || (a.halves[0]!.id < b.halves[0]!.id ? -1 : 1));
  const roots: readonly [plain: Draft[], shared: Draft[], stray: Draft[]] = [[], [], []];
  for (const { halves, parent, draft } of places) {
    if (parent) {
      if (parent.draft!.children === NO_CHILDREN) parent.draft!.children = [draft!];
      else parent.draft!.children.push(draft!);
    } else if (halves.some(({ parentId }) => parentId !== undefined)) roots[2].push(draft!);
    else roots[halves[0]!.shared ? 1 : 0].push(draft!);
  }
  const allRoots = roots.flat();
  const { nodes, rows } = numberRows(allRoots, places.length);
  return {
    traceId: allRoots[0]?.span.traceId ?? '',
    nodes,
    rows,
    roots: allRoots,
    size: nodes.length,
    ...rangeOf(nodes),
    ...problems,
  };
}

/** The half that times a row: the first with a start. */
export function timedHalf(halves: readonly Span[]): Span | undefined {
  for (const half of halves) if (half.timestamp !== undefined) return half;
  return undefined;
}

function numberRows(roots: readonly Draft[], size: number): { nodes: TraceNode[]; rows: TraceRows } {
  const nodes: Draft[] = [];
  const rows: TraceRows = {
    start: new Float64Array(size).fill(NaN),
    duration: new Float64Array(size).fill(NaN),
    depth: new Int32Array(size),
    parent: new Int32Array(size).fill(-1),
    subtreeEnd: new Int32Array(size),
  };
  const stack = roots.toReversed();
  for (let node = stack.pop(); node; node = stack.pop()) {
    const row = nodes.push(node) - 1;
    node.row = row;
    const half = timedHalf(node.halves);
    rows.start[row] = half?.timestamp ?? NaN;
    rows.duration[row] = half?.duration ?? NaN;
    rows.depth[row] = node.depth;
    rows.subtreeEnd[row] = row + 1;
    for (let i = node.children.length - 1; i >= 0; i--) {
      const child = node.children[i]!;
      child.depth = node.depth + 1;
      stack.push(child);
    }
  }
  for (const node of nodes) for (const child of node.children) rows.parent[child.row] = node.row;
  for (let row = size - 1; row >= 0; row--) {
    const parent = rows.parent[row]!;
    if (parent >= 0 && rows.subtreeEnd[parent]! < rows.subtreeEnd[row]!)
      rows.subtreeEnd[parent] = rows.subtreeEnd[row]!;
  }
  return { nodes, rows };
}

function rangeOf(nodes: readonly TraceNode[]): { start: number; end: number } {
  let start = Infinity;
  let end = -Infinity;
  for (const { halves } of nodes) {
    for (const { timestamp, duration = 0 } of halves) {
      if (timestamp === undefined) continue;
      if (timestamp < start) start = timestamp;
      if (timestamp + duration > end) end = timestamp + duration;
    }
  }
  return start <= end ? { start, end } : { start: 0, end: 0 };
}
