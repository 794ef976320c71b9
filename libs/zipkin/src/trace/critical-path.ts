import type { TraceNode, TraceTree } from './tree.js';

/** A stretch of time that a trace could not have done without. */
export interface CriticalSegment {
  /** The row that was at work. */
  readonly row: number;
  /** Epoch microseconds. */
  readonly start: number;
  readonly end: number;
}

/** Options of {@link criticalPath}. */
export interface CriticalPathOptions {
  /** What decided when the root ended (false), or when the last of all that it set off ended, messages and work
   * that outlasts its parent included (true). Default false. */
  readonly followAsync?: boolean;
}

/** The path that decided how long the first root took: segments in order of time that follow each other without a
 * gap from the root's start to its end. Walks back from the end, for at any moment the child that finished last was
 * waited for; what a child does outside its parent's time does not count. Children that are CONSUMER spans do not
 * block, unless `followAsync` asks for them. An unfinished span lasts as long as what it waits for. Empty when the
 * root has no start. Nothing recurses. */
export function criticalPath(
  tree: TraceTree,
  { followAsync = false }: CriticalPathOptions = {},
): CriticalSegment[] {
  const root = tree.roots[0];
  const rootStart = root && tree.rows.start[root.row]!;
  if (root === undefined || rootStart === undefined || Number.isNaN(rootStart)) return [];
  const waitsFor = followAsync ? () => true : ({ span }: TraceNode) => span.kind !== 'CONSUMER';
  const { start } = tree.rows;
  const end = endsOf(tree, waitsFor, followAsync);

  const enter = (row: number, from: number, to: number): Frame => {
    const waitedFor: number[] = [];
    for (const child of tree.nodes[row]!.children) {
      if (waitsFor(child) && start[child.row]! < to && end[child.row]! > from) waitedFor.push(child.row);
    }
    // Of those that ended together the first, hence the longest, stays first.
    waitedFor.sort((a, b) => Math.min(end[b]!, to) - Math.min(end[a]!, to));
    return { row, from, to, at: to, waitedFor, next: 0 };
  };
  const segments: CriticalSegment[] = [];
  const add = (row: number, from: number, to: number): void => {
    const later = segments.at(-1);
    if (later?.row === row && later.start === to) segments[segments.length - 1] = { ...later, start: from };
    else if (to > from) segments.push({ row, start: from, end: to });
  };
  const stack = [enter(root.row, rootStart, end[root.row]!)];
  for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
    const { row, from, to, waitedFor } = frame;
    while (frame.next < waitedFor.length && Math.min(end[waitedFor[frame.next]!]!, to) > frame.at)
      frame.next++;
    const child = waitedFor[frame.next++];
    if (child === undefined) {
      add(row, from, frame.at);
      stack.pop();
      continue;
    }
    const childEnd = Math.min(end[child]!, to);
    add(row, childEnd, frame.at);
    frame.at = Math.max(start[child]!, from);
    stack.push(enter(child, frame.at, childEnd));
  }
  return segments.toReversed();
}

interface Frame {
  readonly row: number;
  readonly from: number;
  readonly to: number;
  /** What lies after this moment is decided. */
  at: number;
  /** Rows of blocking children, the last to finish first. */
  readonly waitedFor: readonly number[];
  next: number;
}

/** When each row ended. An unfinished one, or any if children may outlast it, ends with the last it waits for. */
function endsOf(
  { nodes, rows }: TraceTree,
  waitsFor: (child: TraceNode) => boolean,
  childrenOutlast: boolean,
): Float64Array {
  const ends = new Float64Array(nodes.length);
  for (let row = nodes.length - 1; row >= 0; row--) {
    const start = rows.start[row]!;
    const duration = rows.duration[row]!;
    let end = Number.isNaN(duration) ? start : start + duration;
    if (Number.isNaN(duration) || childrenOutlast) {
      for (const child of nodes[row]!.children) {
        if (waitsFor(child) && !(ends[child.row]! <= end)) end = ends[child.row]!;
      }
      for (const half of nodes[row]!.halves) {
        if (half.timestamp !== undefined) end = Math.max(end, half.timestamp + (half.duration ?? 0));
      }
    }
    ends[row] = end;
  }
  return ends;
}
