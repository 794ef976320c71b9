import { ANY, NONE } from './node.js';
import type { MatcherNode } from './node.js';

/**
 * The same matcher with constants folded, nested lists flattened, double negations gone and operands sorted, each
 * once: two matchers that differ in writing only become one text.
 */
export function simplify(node: MatcherNode): MatcherNode {
  if (node.is === 'not') return negate(simplify(node.of));
  if (node.is === 'and' || node.is === 'or') return fold(node.is, node.of.map(simplify));
  return node;
}

function negate(node: MatcherNode): MatcherNode {
  if (node.is === 'any') return NONE;
  if (node.is === 'none') return ANY;
  return node.is === 'not' ? node.of : { is: 'not', of: node };
}

function fold(is: 'and' | 'or', operands: readonly MatcherNode[]): MatcherNode {
  const [neutral, absorbing] = is === 'and' ? ['any', 'none'] : ['none', 'any'];
  const parts = new Map<string, MatcherNode>();
  for (const operand of operands.flatMap((part) => (part.is === is ? part.of : [part]))) {
    if (operand.is === absorbing) return operand;
    if (operand.is !== neutral) parts.set(nodeText(operand), operand);
  }
  const of = [...parts.keys()].toSorted().map((key) => parts.get(key)!);
  return of.length === 0 ? (is === 'and' ? ANY : NONE) : of.length === 1 ? of[0]! : { is, of };
}

/** A node as one stable text, whatever order its fields were written in. */
export function nodeText(node: MatcherNode): string {
  switch (node.is) {
    case 'any':
    case 'none':
      return node.is;
    case 'and':
    case 'or':
      return `${node.is}(${node.of.map(nodeText).join(',')})`;
    case 'not':
      return `not(${nodeText(node.of)})`;
    case 'package':
      return `package(${JSON.stringify(node.name)},${JSON.stringify(node.range)})`;
    case 'file':
      return `file(${JSON.stringify(node.glob)})`;
    default:
      return `${node.is}(${JSON.stringify(node.name)})`;
  }
}
