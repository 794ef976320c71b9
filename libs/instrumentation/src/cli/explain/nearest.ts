import { explainFunction } from '../../matchers/index.js';
import type { MatcherNode, Unmet } from '../../matchers/index.js';
import { distance } from '../../services/near-names.js';
import type { FunctionFacts } from '../../weaver/index.js';

/** A function that a rule nearly matched. */
export interface NearMiss {
  /** `Class.method:12`. */
  readonly function: string;
  readonly unmet: readonly Unmet[];
}

/**
 * The functions of a file that fail the fewest predicates of a residual, those with the likest names first. One that
 * meets no predicate counts only if its name is like the one that was asked for.
 */
export function nearMisses(
  match: MatcherNode,
  functions: readonly FunctionFacts[],
  limit = 3,
): readonly NearMiss[] {
  const all = predicatesIn(match);
  const misses = functions
    .map((fn) => ({ fn, unmet: explainFunction(match, fn) }))
    .map((miss) => ({ ...miss, ...likeness(miss.fn, miss.unmet) }))
    .filter(({ unmet, isLike }) => unmet.length > 0 && (unmet.length < all || isLike));
  const fewest = Math.min(...misses.map(({ unmet }) => unmet.length));
  return misses
    .filter(({ unmet }) => unmet.length === fewest)
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, limit)
    .map(({ fn, unmet }) => ({ function: `${shownName(fn)}:${fn.line}`, unmet }));
}

/** How many predicates must hold together, at most. */
function predicatesIn(node: MatcherNode): number {
  if (node.is === 'not') return predicatesIn(node.of);
  if (node.is !== 'and' && node.is !== 'or') return 1;
  const counts = node.of.map(predicatesIn);
  return node.is === 'or' ? Math.max(...counts) : counts.reduce((sum, count) => sum + count, 0);
}

/** How far the names of a function are from those that were asked for, and whether each could be a slip of the pen. */
function likeness(
  fn: FunctionFacts,
  unmet: readonly Unmet[],
): { readonly distance: number; readonly isLike: boolean } {
  const own = [fn.name, ...fn.classNames, ...fn.decorators, ...fn.classDecorators];
  const names = unmet.flatMap(({ name }) => name ?? []);
  const distances = names.map((name) => Math.min(...own.map((has) => distance(name, has))));
  return {
    distance: distances.reduce((sum, next) => sum + next, 0),
    isLike: names.length > 0 && names.every((name, i) => distances[i]! <= Math.max(1, name.length / 3)),
  };
}

/** `Class.method` or the function's name. */
export function shownName({ kind, name, classNames }: FunctionFacts): string {
  const prefix = kind === 'getter' ? 'get ' : kind === 'setter' ? 'set ' : '';
  const own = `${prefix}${name === '' ? '<anonymous>' : name}`;
  return classNames.length === 0 ? own : `${classNames[0]}.${own}`;
}
