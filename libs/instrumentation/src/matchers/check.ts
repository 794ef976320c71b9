import { DistraceError } from '@distrace/tracing/core/errors';
import { globProblem } from './glob.js';
import type { Matcher } from './matcher.js';
import type { MatcherNode } from './node.js';
import { simplify } from './simplify.js';
import { isVersionRange } from './versions.js';

// As npm takes them, old names with capitals included.
const PACKAGE_NAME = /^(?:@[\w.~-]+\/)?[\w.~-]+$/;

/**
 * Throws where a matcher cannot work: a version range, glob or package name that is none, or one that can match
 * nothing by its own writing. `owner` names who brought it.
 */
export function checkMatcher(matcher: Matcher, owner: string): void {
  checkLeaves(matcher.node, owner);
  if (simplify(matcher.node).is === 'none') {
    throw new DistraceError(
      'DT_ERR_MATCH_EMPTY',
      `${owner} must match something, but any().not() or the like leaves nothing; take that part out`,
    );
  }
  if (subTypes(matcher.node, false) > 1) {
    throw new DistraceError(
      'DT_ERR_MATCH_SUBTYPE',
      `${owner}: subTypeOf() is decided per receiver in the process, so it stands alone or in or(), not under not() or twice in and(); split the interceptor, or name classes by inClass()`,
    );
  }
}

/** The most `subTypeOf` that must hold together; more than one for a negated one. */
function subTypes(node: MatcherNode, negated: boolean): number {
  switch (node.is) {
    case 'subType':
      return negated ? 2 : 1;
    case 'not':
      return subTypes(node.of, !negated);
    case 'and':
    case 'or': {
      const counts = node.of.map((part) => subTypes(part, negated));
      const together = (node.is === 'and') !== negated;
      return together ? counts.reduce((sum, count) => sum + count, 0) : Math.max(0, ...counts);
    }
    default:
      return 0;
  }
}

function checkLeaves(node: MatcherNode, owner: string): void {
  switch (node.is) {
    case 'and':
    case 'or':
      for (const part of node.of) checkLeaves(part, owner);
      break;
    case 'not':
      checkLeaves(node.of, owner);
      break;
    case 'package':
      checkPackage(node, owner);
      break;
    case 'file':
      checkGlob(node.glob, owner);
      break;
    default:
      if (!KNOWN.has(node.is)) throw foreign(node.is, owner);
  }
}

const KNOWN = new Set<string>(['any', 'none', 'class', 'method', 'getter', 'func', 'decorated', 'subType']);

function foreign(is: unknown, owner: string): DistraceError {
  return new DistraceError(
    'DT_ERR_MATCHER',
    `${owner} has a matcher that this release does not know, ${JSON.stringify(is)}; install one version of @distrace/instrumentation for server and extensions`,
  );
}

function checkPackage(
  { name, range }: { readonly name: string; readonly range: string },
  owner: string,
): void {
  if (!PACKAGE_NAME.test(name)) {
    throw new DistraceError(
      'DT_ERR_MATCH_PACKAGE',
      `${owner}: inPackage() takes a package's name, got ${JSON.stringify(name)}; write it as in package.json, patterns are not read`,
    );
  }
  if (!isVersionRange(range)) {
    throw new DistraceError(
      'DT_ERR_MATCH_VERSION',
      `${owner}: inPackage(${JSON.stringify(`${name}@${range}`)}) takes a version range after the @, got ${JSON.stringify(range)}; write it as >=5, ^5.1.0 or 5 - 6`,
    );
  }
}

function checkGlob(glob: string, owner: string): void {
  const problem = globProblem(glob);
  if (problem === undefined) return;
  throw new DistraceError(
    'DT_ERR_MATCH_GLOB',
    `${owner}: inFile(${JSON.stringify(glob)}) takes a glob over the path inside the package, but ${problem}`,
  );
}
