import { explainFunction } from '../../matchers/index.js';
import type { MatcherNode, Unmet } from '../../matchers/index.js';
import type { FunctionFacts } from '../../weaver/index.js';

/** A function that a rule nearly matched. */
export interface NearMiss {
  /** `Class.method:12`. */
  readonly function: string;
  readonly unmet: readonly Unmet[];
}

/** The functions of a file that fail the fewest predicates of a residual, those with the likest names first. */
export function nearMisses(
  match: MatcherNode,
  functions: readonly FunctionFacts[],
  limit = 3,
): readonly NearMiss[] {
  const names = namesIn(match);
  return functions
    .map((fn) => {
      const unmet = explainFunction(match, fn);
      const distances = names.map((name) =>
        Math.min(...[fn.name, ...fn.classNames].map((own) => distance(name, own))),
      );
      return { fn, unmet, distance: Math.min(...distances, 100) };
    })
    .filter(({ unmet }) => unmet.length > 0)
    .toSorted((a, b) => a.unmet.length - b.unmet.length || a.distance - b.distance)
    .slice(0, limit)
    .map(({ fn, unmet }) => ({ function: `${shownName(fn)}:${fn.line}`, unmet }));
}

/** `Class.method` or the function's name. */
export function shownName({ kind, name, classNames }: FunctionFacts): string {
  const prefix = kind === 'getter' ? 'get ' : kind === 'setter' ? 'set ' : '';
  const own = `${prefix}${name === '' ? '<anonymous>' : name}`;
  return classNames.length === 0 ? own : `${classNames[0]}.${own}`;
}

function namesIn(node: MatcherNode): readonly string[] {
  switch (node.is) {
    case 'and':
    case 'or':
      return node.of.flatMap(namesIn);
    case 'not':
      return [];
    case 'class':
    case 'method':
    case 'getter':
    case 'func':
      return [node.name];
    default:
      return [];
  }
}

/** How many letters must be changed to make one text the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
