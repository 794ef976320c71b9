import type { TraceTree } from '@distrace/zipkin';

/** Ids of all spans with children. */
export function collapseAll({ nodes }: TraceTree): Set<string> {
  const ids = new Set<string>();
  for (const { span, children } of nodes) if (children.length > 0) ids.add(span.id);
  return ids;
}

/** Opens the collapsed spans nearest the root: one level more of the trace is seen. */
export function expandOneLevel(tree: TraceTree, collapsed: ReadonlySet<string>): Set<string> {
  const { nodes, rows, size } = tree;
  let least = Infinity;
  for (let row = 0; row < size;) {
    const isClosed = collapsed.has(nodes[row]!.span.id);
    if (isClosed) least = Math.min(least, rows.depth[row]!);
    row = isClosed ? rows.subtreeEnd[row]! : row + 1;
  }
  const left = new Set<string>();
  for (const id of collapsed) left.add(id);
  for (const { row, span } of nodes) if (rows.depth[row] === least) left.delete(span.id);
  return left;
}

/** Closes the deepest spans whose children are seen: one level less of the trace is seen. */
export function collapseOneLevel(tree: TraceTree, collapsed: ReadonlySet<string>): Set<string> {
  const { nodes, rows, size } = tree;
  let deepest = -1;
  for (let row = 0; row < size;) {
    const isClosed = collapsed.has(nodes[row]!.span.id);
    if (!isClosed && nodes[row]!.children.length > 0) deepest = Math.max(deepest, rows.depth[row]!);
    row = isClosed ? rows.subtreeEnd[row]! : row + 1;
  }
  const more = new Set(collapsed);
  for (const { row, span, children } of nodes) {
    if (rows.depth[row] === deepest && children.length > 0) more.add(span.id);
  }
  return more;
}
