/**
 * What a file alone leaves open about one function: any of the clauses must hold for the receiver. `true` and
 * `false` where the file says it all.
 */
export type Condition = boolean | readonly Clause[];

/** Names of classes the receiver must be a sub-type of, and of classes it must be none of. */
export interface Clause {
  readonly is: readonly string[];
  readonly isNot: readonly string[];
}

/** Where one of them holds. */
export function either(conditions: readonly Condition[]): Condition {
  if (conditions.includes(true)) return true;
  return settled(conditions.flatMap((condition) => (typeof condition === 'boolean' ? [] : condition)));
}

/** Where all of them hold. */
export function all(conditions: readonly Condition[]): Condition {
  if (conditions.includes(false)) return false;
  const open = conditions.filter((condition) => typeof condition !== 'boolean');
  if (open.length === 0) return true;
  const start: readonly Clause[] = [{ is: [], isNot: [] }];
  return settled(open.reduce((sum, clauses) => sum.flatMap((a) => clauses.map((b) => joined(a, b))), start));
}

function joined(a: Clause, b: Clause): Clause {
  return { is: union(a.is, b.is), isNot: union(a.isNot, b.isNot) };
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])].toSorted();
}

function settled(clauses: readonly Clause[]): Condition {
  const possible = clauses.filter(({ is, isNot }) => !is.some((name) => isNot.includes(name)));
  const distinct = new Map(possible.map((clause) => [JSON.stringify([clause.is, clause.isNot]), clause]));
  return distinct.size === 0 ? false : [...distinct.values()];
}
