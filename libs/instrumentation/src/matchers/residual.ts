import { globMatches } from './glob.js';
import type { Matcher } from './matcher.js';
import { ANY, NONE } from './node.js';
import type { MatcherNode } from './node.js';
import { nodeText, simplify } from './simplify.js';
import { versionMatches } from './versions.js';

/** What file predicates are asked about. */
export interface FilePlace {
  readonly package: string;
  readonly version: string;
  /** Path inside the package, `/` between names. */
  readonly path: string;
}

/**
 * What is left to ask of each function once a file's place is known: the predicates over package, version and path
 * are answered. `none`: never; `any`: every function; otherwise predicates over functions alone.
 */
export function residual(matcher: Matcher | MatcherNode, file: FilePlace): MatcherNode {
  return simplify(answer('node' in matcher ? matcher.node : matcher, file));
}

function answer(node: MatcherNode, file: FilePlace): MatcherNode {
  switch (node.is) {
    case 'package':
      return node.name === file.package && versionMatches(node.range, file.version) ? ANY : NONE;
    case 'file':
      return globMatches(node.glob, file.path) ? ANY : NONE;
    case 'and':
    case 'or':
      return { is: node.is, of: node.of.map((part) => answer(part, file)) };
    case 'not':
      return { is: 'not', of: answer(node.of, file) };
    default:
      return node;
  }
}

/** A residual as one text for cache keys: the same wherever it means the same by its writing. */
export function residualKey(node: MatcherNode): string {
  return nodeText(simplify(node));
}
