import { DistraceError } from '@distrace/tracing/core/errors';
import { ANY } from './node.js';
import type { FunctionPredicate, MatcherNode } from './node.js';

// By brand, not by class: an extension may bring another copy of this library.
const MATCHER = Symbol.for('distrace.matcher');

/**
 * Says which functions an interceptor runs at. Immutable: `and`, `or` and `not` give new ones.
 *
 * @example
 * inPackage('shop@>=2').and(inClass('Orders')).and(method('place').or(method('cancel')))
 */
export class Matcher {
  /** The matcher as plain data. */
  readonly node: MatcherNode;

  /** Made by `any()`, `inPackage()` and their like, not by hand. */
  constructor(node: MatcherNode) {
    this.node = Object.freeze(node);
    Object.defineProperty(this, MATCHER, { value: true });
    Object.freeze(this);
  }

  /** Where both match. */
  and(other: Matcher): Matcher {
    return joined('and', this.node, nodeOf(other, 'and()'));
  }

  /** Where one of the two matches. */
  or(other: Matcher): Matcher {
    return joined('or', this.node, nodeOf(other, 'or()'));
  }

  /** Where this does not match. */
  not(): Matcher {
    return new Matcher({ is: 'not', of: this.node });
  }
}

// Flat, so that a thousand names joined by or() nest no deeper than two.
function joined(is: 'and' | 'or', node: MatcherNode, other: MatcherNode): Matcher {
  return new Matcher({ is, of: [...(node.is === is ? node.of : [node]), other] });
}

/** Whether a value is a matcher, of this copy of the library or of another. */
export function isMatcher(value: unknown): value is Matcher {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, MATCHER);
}

function nodeOf(value: unknown, where: string): MatcherNode {
  if (isMatcher(value)) return value.node;
  throw new DistraceError(
    'DT_ERR_MATCHER',
    `${where} takes a matcher, got ${describe(value)}; make one with any(), inClass('A'), method('run') and their like`,
  );
}

function text(value: unknown, where: string): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new DistraceError(
    'DT_ERR_MATCHER',
    `${where} takes a text that is not empty, got ${describe(value)}`,
  );
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : value === null ? 'null' : typeof value;
}

function named(is: FunctionPredicate, name: unknown, where: string): Matcher {
  return new Matcher({ is, name: text(name, where) });
}

/** Every function of every file. */
export function any(): Matcher {
  return new Matcher(ANY);
}

/**
 * Files of a package: `express`, `@nestjs/core`, with a version range `express@>=5 <6`. The application itself is
 * the package of its nearest package.json. Pre-releases of 5 count as 5; a package without a version
 * matches only where no range is given.
 */
export function inPackage(spec: string): Matcher {
  const given = text(spec, 'inPackage()').trim();
  const at = given.indexOf('@', 1);
  const name = at === -1 ? given : given.slice(0, at);
  const range = at === -1 ? '*' : given.slice(at + 1).trim();
  return new Matcher({ is: 'package', name, range });
}

/** Files by a glob (minimatch's, dot files included) over the path inside their package: `dist/*.js`, `{src,lib}/**`. */
export function inFile(glob: string): Matcher {
  return new Matcher({ is: 'file', glob: text(glob, 'inFile()') });
}

/** Members of a class of this name: methods, accessors, the constructor. Not functions inside them. */
export function inClass(name: string): Matcher {
  return named('class', name, 'inClass()');
}

/** Methods of this name, of classes and of object literals; `#name` for private ones, `constructor` for constructors. */
export function method(name: string): Matcher {
  return named('method', name, 'method()');
}

/** Getters of this name. */
export function getter(name: string): Matcher {
  return named('getter', name, 'getter()');
}

/** Functions of this name: declarations, and function or arrow expressions that a variable or property gives the name. */
export function func(name: string): Matcher {
  return named('func', name, 'func()');
}

/** Members with a decorator of this name, and members of classes with one; in compiled output, too. */
export function decoratedWith(name: string): Matcher {
  return named('decorated', name, 'decoratedWith()');
}

/**
 * Members of a class of this name and of all that extend it, however far. Where a file does not tell (the class it
 * extends is imported), each process decides per receiver.
 */
export function subTypeOf(name: string): Matcher {
  return named('subType', name, 'subTypeOf()');
}
