import type { AnyNode, MemberExpression } from 'acorn';

/** The text of a property's key; private ones with `#`; empty for a computed one that is no literal. */
export function nameOfKey(key: AnyNode, computed: boolean): string {
  if (key.type === 'PrivateIdentifier') return `#${key.name}`;
  if (key.type === 'Identifier' && !computed) return key.name;
  return key.type === 'Literal' ? String(key.value) : '';
}

/** `c` of `a.b.c` and `a.b['c']`. */
export function memberName(member: MemberExpression): string {
  return nameOfKey(member.property, member.computed);
}

/** A string literal's value; empty for everything else. */
export function stringOf(node: AnyNode | undefined): string {
  return node?.type === 'Literal' && typeof node.value === 'string' ? node.value : '';
}

/** What an assignment or a declaration names. */
export function leftName(left: AnyNode): string {
  if (left.type === 'Identifier') return left.name;
  return left.type === 'MemberExpression' ? memberName(left) : '';
}

/** The last name of `f`, `a.f`, `(0, a.f)`; empty for everything else. */
export function tailName(node: AnyNode | null | undefined): string {
  const last = node?.type === 'SequenceExpression' ? node.expressions.at(-1) : node;
  return last === undefined || last === null ? '' : leftName(last);
}

/** `A` of `A.prototype`, or of `A.prototype.m` where a member is asked for. */
export function prototypeOwner(node: AnyNode, what: 'itself' | 'member'): string | undefined {
  const holder = what === 'member' && node.type === 'MemberExpression' ? node.object : node;
  if (holder.type !== 'MemberExpression' || memberName(holder) !== 'prototype') return undefined;
  const owner = leftName(holder.object);
  return owner === '' ? undefined : owner;
}
