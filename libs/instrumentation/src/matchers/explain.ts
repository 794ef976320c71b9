import type { FunctionFacts } from '../weaver/facts.js';
import { evaluate } from './evaluate.js';
import type { MatcherNode } from './node.js';
import { residual } from './residual.js';
import type { FilePlace } from './residual.js';

/** A predicate that was not met, and what was there instead. */
export interface Unmet {
  /** As it is written: `inPackage("express@>=5")`. */
  readonly predicate: string;
  /** For people: `it is called plcae`. */
  readonly instead: string;
  /** The name that was asked for, where one was. */
  readonly name?: string;
}

/**
 * Why no function of a file can match: the first predicate over its place that fails. Undefined where the matcher
 * does not fail by the place.
 */
export function explainFile(node: MatcherNode, file: FilePlace): Unmet | undefined {
  const asked = (part: MatcherNode) => residual(part, file).is !== 'none';
  return unmetOf(
    node,
    false,
    (part) => asked(part),
    (part) => insteadOfFile(part, file),
  )[0];
}

/** The predicates of a residual that one function does not meet: of alternatives, of the one that comes nearest. */
export function explainFunction(node: MatcherNode, fn: FunctionFacts): readonly Unmet[] {
  return unmetOf(
    node,
    false,
    (part) => evaluate(part, fn) !== false,
    (part) => insteadOfFunction(part, fn),
  );
}

function unmetOf(
  node: MatcherNode,
  negated: boolean,
  holds: (part: MatcherNode) => boolean,
  instead: (part: MatcherNode) => string,
): readonly Unmet[] {
  if (node.is === 'not') return unmetOf(node.of, !negated, holds, instead);
  if (holds(negated ? { is: 'not', of: node } : node)) return [];
  if (node.is === 'and' || node.is === 'or') {
    const parts = node.of.map((part) => unmetOf(part, negated, holds, instead));
    if ((node.is === 'and') !== negated) return parts.flat();
    return parts.toSorted((a, b) => a.length - b.length)[0] ?? [];
  }
  const predicate = written(node);
  if (negated) return [{ predicate: `${predicate}.not()`, instead: 'it does match' }];
  return [{ predicate, instead: instead(node), ...('name' in node && { name: node.name }) }];
}

function insteadOfFile(node: MatcherNode, file: FilePlace): string {
  if (node.is === 'file') return `the file is ${file.path}`;
  if (node.is !== 'package') return 'it matches nothing';
  return file.package === ''
    ? 'the file is in no package'
    : `the file is in ${file.package} ${file.version}`.trimEnd();
}

function insteadOfFunction(node: MatcherNode, fn: FunctionFacts): string {
  switch (node.is) {
    case 'class':
      return fn.classNames.length === 0
        ? 'it is in no class'
        : `it is in the class ${fn.classNames.join(', ')}`;
    case 'method':
    case 'getter':
    case 'func':
      return fn.name === node.name
        ? `it is a ${fn.kind}`
        : fn.name === ''
          ? 'it has no name'
          : `it is called ${fn.name}`;
    case 'decorated': {
      const names = [...fn.decorators, ...fn.classDecorators];
      return names.length === 0 ? 'it has no decorator' : `its decorators are ${names.join(', ')}`;
    }
    case 'subType':
      return fn.classNames.length === 0 ? 'it is in no class' : `${fn.classNames[0]} extends nothing`;
    default:
      return 'it matches nothing';
  }
}

const CALLS = {
  package: 'inPackage',
  file: 'inFile',
  class: 'inClass',
  method: 'method',
  getter: 'getter',
  func: 'func',
  decorated: 'decoratedWith',
  subType: 'subTypeOf',
} as const;

/** A matcher as code that makes it. */
export function written(node: MatcherNode): string {
  switch (node.is) {
    case 'any':
      return 'any()';
    case 'none':
      return 'any().not()';
    case 'not':
      return `${written(node.of)}.not()`;
    case 'and':
    case 'or': {
      const [first, ...others] = node.of.map(written);
      return `${first}${others.map((other) => `.${node.is}(${other})`).join('')}`;
    }
    case 'package':
      return `inPackage(${JSON.stringify(node.range === '*' ? node.name : `${node.name}@${node.range}`)})`;
    case 'file':
      return `inFile(${JSON.stringify(node.glob)})`;
    default:
      return `${CALLS[node.is]}(${JSON.stringify(node.name)})`;
  }
}
