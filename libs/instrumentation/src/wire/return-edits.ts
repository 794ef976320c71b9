import type { AnyNode } from 'acorn';
import type { Edit } from './edit-list.js';
import type { ReturnKinds } from './forms.js';
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
 * that is what stands there; where precedence does not let it, parentheses come first, and columns move.
 */
export function returnEdits(facts: BodyFacts, { value, nothing }: ReturnKinds, probe: number): Edit[] {
  const noted = facts.returns.flatMap(({ argument: { start, end }, argument, end: stop }): Edit[] => [
    ...(isTight(argument) ? [] : parentheses(start, end, probe)),
    [end, 'inline-value', probe],
    [end, stopping(value, stop === end), probe],
  ]);
  // With `finally` in the fragment nothing is noted at first, so a bare `return` says nothing new, unless it may overrule
  // a value that was noted.
  const bare = value === 'inline-return' && !facts.mayOverrule ? [] : facts.bareReturns;
  return [
    ...noted,
    ...bare.map(({ end, isStopped }): Edit => [end, stopping(nothing, !isStopped), probe]),
  ].toSorted((a, b) => a[0] - b[0]);
}

/**
 * A `return` that a line break ends: what is inserted could go on in the next line, where `return x => {}`, `return i++`
 * and `return` alone cannot. So it brings the semicolon.
 */
function stopping(kind: string, isOpen: boolean): string {
  return isOpen ? `${kind}-stop` : kind;
}

function isTight(node: AnyNode): boolean {
  return node.type === 'BinaryExpression' ? TIGHT.has(node.operator) : !LOOSE.has(node.type);
}

function parentheses(start: number, end: number, probe: number): Edit[] {
  return [
    [start, 'inline-open', probe],
    [end, 'inline-close', probe],
  ];
}
