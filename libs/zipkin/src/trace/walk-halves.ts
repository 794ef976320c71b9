import type { Span } from '../span.js';
import type { TraceNode, TraceTree } from './tree.js';

/** One half of a node in the tree that Zipkin draws, where a receiver stands under its sender. */
export interface HalfNode {
  readonly span: Span;
  readonly node: TraceNode;
  readonly depth: number;
  /** Receivers of the same id and children that hang from this half; by start, those without one last. */
  readonly children: HalfNode[];
}

/** The tree with a node for each half. */
export function treeOfHalves(tree: TraceTree): HalfNode[] {
  const roots: HalfNode[] = [];
  const halvesOf: HalfNode[][] = [];
  for (const node of tree.nodes) {
    const parent = halvesOf[tree.rows.parent[node.row]!]?.[node.parentHalf];
    const depth = parent ? parent.depth + 1 : 0;
    const first: HalfNode = { span: node.span, node, depth, children: [] };
    (parent?.children ?? roots).push(first);
    const halves = [first];
    for (let half = 1; half < node.halves.length; half++) {
      const receiver: HalfNode = { span: node.halves[half]!, node, depth: depth + 1, children: [] };
      halves.push(receiver);
      first.children.push(receiver);
    }
    halvesOf.push(halves);
  }
  // Receivers were put before children; a child may have started earlier.
  for (const halves of halvesOf) {
    if (halves.length > 1) halves[0]!.children.sort((a, b) => startOf(a) - startOf(b));
  }
  return roots;
}

const startOf = ({ span }: HalfNode): number => span.timestamp ?? Number.MAX_VALUE;
