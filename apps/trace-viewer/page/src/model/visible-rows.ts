import { groupSiblings } from '@distrace/zipkin';
import type { SiblingGroup, TraceNode, TraceTree } from '@distrace/zipkin';

/** One line of the waterfall: a row of the trace, or a group of siblings that did the same thing. */
export interface Line {
  /** Row of the trace; of a group, its first member's. */
  readonly row: number;
  readonly depth: number;
  readonly group?: SiblingGroup;
  /** Key of the group, for opening and closing it. */
  readonly groupKey?: string;
}

/** What decides which lines there are. */
export interface LineOptions {
  /** Ids of spans whose children are not shown. */
  readonly collapsed: ReadonlySet<string>;
  /** Rows to keep, their ancestors among them; all when absent. */
  readonly keep?: Uint8Array;
  /** Whether three or more siblings that did the same thing are shown as one line. */
  readonly grouped?: boolean;
  /** Keys of groups whose members are shown. */
  readonly openGroups?: ReadonlySet<string>;
}

/** Fewer repeat too little to hide anything. */
const LEAST_GROUPED = 3;

/** The lines from top to bottom. Takes time by what is visible, not by what is collapsed. */
export function visibleLines(tree: TraceTree, options: LineOptions): Line[] {
  return options.grouped ? groupedLines(tree, options) : plainLines(tree, options);
}

/** The key of the group that a row would be a member of. */
export function groupKeyOf(parentId: string, { nodes }: SiblingGroup): string {
  return `${parentId}/${nodes[0]!.span.id}`;
}

/** The line on which a row is, or in which it is folded away: its group's, or of the nearest row above it that has
 * one. -1 when there is none. */
export function lineAt({ rows }: TraceTree, lines: readonly Line[], row: number): number {
  const above = new Set<number>();
  for (let at = row; at >= 0; at = rows.parent[at]!) above.add(at);
  // Members of an open group have lines of their own, which come after the group's.
  return lines.findLastIndex((line) =>
    line.group ? line.group.nodes.some((member) => above.has(member.row)) : above.has(line.row),
  );
}

function plainLines({ nodes, rows, size }: TraceTree, { collapsed, keep }: LineOptions): Line[] {
  const lines: Line[] = [];
  for (let row = 0; row < size;) {
    const isShown = !keep || keep[row] === 1;
    if (isShown) lines.push({ row, depth: rows.depth[row]! });
    row = isShown && !collapsed.has(nodes[row]!.span.id) ? row + 1 : rows.subtreeEnd[row]!;
  }
  return lines;
}

interface Pending {
  readonly depth: number;
  readonly node?: TraceNode;
  readonly group?: SiblingGroup;
  readonly groupKey?: string;
}

function groupedLines(tree: TraceTree, { collapsed, keep, openGroups }: LineOptions): Line[] {
  const lines: Line[] = [];
  const stack: Pending[] = [];
  const pushAll = (siblings: readonly TraceNode[], parentId: string, depth: number): void => {
    const shown = keep ? siblings.filter(({ row }) => keep[row] === 1) : siblings;
    const groups = groupSiblings(shown, { least: LEAST_GROUPED });
    for (const group of groups.toReversed()) {
      if (group.nodes.length === 1) stack.push({ depth, node: group.nodes[0]! });
      else stack.push({ depth, group, groupKey: groupKeyOf(parentId, group) });
    }
  };
  pushAll(tree.roots, '', 0);
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { depth, node, group, groupKey } = next;
    if (group) {
      lines.push({ row: group.nodes[0]!.row, depth, group, groupKey: groupKey! });
      if (openGroups?.has(groupKey!)) {
        for (const member of group.nodes.toReversed()) stack.push({ depth: depth + 1, node: member });
      }
    } else if (node) {
      lines.push({ row: node.row, depth });
      if (!collapsed.has(node.span.id)) pushAll(node.children, node.span.id, depth + 1);
    }
  }
  return lines;
}
