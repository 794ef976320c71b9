import type { FunctionFacts } from '../weaver/facts.js';
import { all, either } from './condition.js';
import type { Condition } from './condition.js';
import type { FunctionPredicate, MatcherNode } from './node.js';

/**
 * Asks a residual about one function. What only the process can tell (whether an imported class extends another) is
 * left open. File predicates do not occur in residuals and count as unmet.
 */
export function evaluate(node: MatcherNode, fn: FunctionFacts): Condition {
  return asked(node, fn, false);
}

function asked(node: MatcherNode, fn: FunctionFacts, negated: boolean): Condition {
  switch (node.is) {
    case 'any':
    case 'none':
      return (node.is === 'any') !== negated;
    case 'not':
      return asked(node.of, fn, !negated);
    case 'and':
    case 'or': {
      const parts = node.of.map((part) => asked(part, fn, negated));
      return (node.is === 'and') === negated ? either(parts) : all(parts);
    }
    case 'package':
    case 'file':
      return negated;
    case 'subType': {
      const known = isSubType(fn, node.name);
      if (known !== undefined) return known !== negated;
      return [negated ? { is: [], isNot: [node.name] } : { is: [node.name], isNot: [] }];
    }
    default:
      return holds(node.is, node.name, fn) !== negated;
  }
}

/** Whether a function meets a predicate that its file alone decides. */
export function holds(is: Exclude<FunctionPredicate, 'subType'>, name: string, fn: FunctionFacts): boolean {
  switch (is) {
    case 'class':
      return fn.classNames.includes(name);
    case 'method':
      return fn.name === name && (fn.kind === 'method' || fn.kind === 'constructor' || isField(fn));
    case 'getter':
      return fn.name === name && fn.kind === 'getter';
    case 'func':
      return fn.name === name && (fn.kind === 'function' || fn.kind === 'arrow') && !isField(fn);
    case 'decorated':
      return fn.decorators.includes(name) || fn.classDecorators.includes(name);
  }
}

/** A class field that holds a function: called like a method. */
function isField(fn: FunctionFacts): boolean {
  return fn.classNames.length > 0 && (fn.kind === 'function' || fn.kind === 'arrow');
}

/** Undefined where the class extends something of which this file does not say what it extends. */
function isSubType(fn: FunctionFacts, name: string): boolean | undefined {
  if (fn.classNames.includes(name) || fn.superClasses.includes(name)) return true;
  return fn.superClasses.length === 0 ? false : undefined;
}
