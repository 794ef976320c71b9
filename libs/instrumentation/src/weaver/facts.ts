/** How a function is written. */
export type FunctionKind = 'function' | 'method' | 'getter' | 'setter' | 'constructor' | 'arrow';

/**
 * What the weaver knows of one function from its file alone; function-level matchers decide over this.
 * Compiled code counts as what it was compiled from: `A.prototype.m = function () {}` is the method `m` of the
 * class `A`, and decorators are read from `__decorate([Get()], A.prototype, "m", null)` and its like.
 */
export interface FunctionFacts {
  readonly kind: FunctionKind;
  /**
   * The own name, or the one it gets from where it stands (variable, property, class member); private members
   * with their `#`; `constructor` for constructors; empty when it has none or a computed one.
   */
  readonly name: string;
  /** How it ends: `async` settles a promise, the generators run when they are asked for values. */
  readonly flow: 'sync' | 'async' | 'generator' | 'async-generator';
  /**
   * All names of the class it is a member of, outermost first (`let A = class _A {}` has two); empty outside
   * classes, and for object literals.
   */
  readonly classNames: readonly string[];
  /**
   * Names of the super classes as written in this file, nearest first, followed as far as the file goes:
   * `class A extends B` and `class B extends ns.C` give `['B', 'C']` for members of A. A hundred at most.
   */
  readonly superClasses: readonly string[];
  readonly isStatic: boolean;
  /** A `#private` member. */
  readonly isPrivate: boolean;
  /** Names of the decorators of the member, without arguments: `Get` for `@Get('/x')`, `Get` for `@nest.Get()`. */
  readonly decorators: readonly string[];
  /** The same of its class. */
  readonly classDecorators: readonly string[];
  /** Whether it, or the class it is a member of, is exported by name or default, in ESM or CommonJS. */
  readonly exported: boolean;
  /** Line of the function in the source, from 1. */
  readonly line: number;
}
