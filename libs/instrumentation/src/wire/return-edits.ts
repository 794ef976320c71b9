import type { AnyNode } from 'acorn';
import type { Edit } from './edit-list.js';
import type { BodyFacts } from './scope.js';

/** Operators that bind as tightly as `instanceof`, or tighter. */
const TIGHT = new Set(['**', '*', '/', '%', '+', '-', '<<', '>>', '>>>', '<', '>', '<=', '>=', 'instanceof']);
const LOOSE = new Set([
  'ArrowFunctionExpression',
  'AssignmentExpression',
  'ConditionalExpression',
  'LogicalExpression',
  'SequenceExpression',
  'YieldExpression',
]);

/**
 * What notes the values that a body returns. In front of a value it would move the columns of all that follows in
 * the line, and most frames of a stack stand in such a line. Behind it only `instanceof` sees the value itself, so
 * that is what stands there wherever precedence lets it; elsewhere parentheses and an assignment, and columns move.
 */
export function returnEdits({ returns, bareReturns }: BodyFacts, probe: number): Edit[] {
  const noted = returns.flatMap(({ argument }): Edit[] => {
    const ends = valueEnds(argument);
    if (ends === undefined) {
      return [
        [argument.start, 'inline-return', probe],
        [argument.end, 'inline-return-end', probe],
      ];
    }
    return [
      ...ends.map((end): Edit => [end, 'inline-value', probe]),
      [argument.end, 'inline-value-end', probe],
    ];
  });
  return [...noted, ...bareReturns.map((end): Edit => [end, 'inline-nothing', probe])].toSorted(
    (a, b) => a[0] - b[0],
  );
}

/**
 * Where the expressions end of which one gives the value; undefined where `instanceof` cannot stand behind one. It
 * answers whether the value is truthy, so that `&&` and `||` go on as before.
 */
function valueEnds(node: AnyNode): number[] | undefined {
  if (node.type === 'ConditionalExpression') return both(node.consequent, node.alternate);
  if (node.type === 'LogicalExpression') {
    return node.operator === '??' ? undefined : both(node.left, node.right);
  }
  if (node.type === 'BinaryExpression') return TIGHT.has(node.operator) ? [node.end] : undefined;
  return LOOSE.has(node.type) ? undefined : [node.end];
}

function both(one: AnyNode, other: AnyNode): number[] | undefined {
  const ends = valueEnds(one);
  const more = ends && valueEnds(other);
  return more && [...ends, ...more];
}
