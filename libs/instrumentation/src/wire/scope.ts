import type { AnyNode, ReturnStatement } from 'acorn';
import { isFunction } from './sites.js';
import type { FunctionNode } from './sites.js';
import { walk } from './walk.js';
import type { Link } from './walk.js';

/** What a body declares and does, nested functions left out. */
export interface BodyFacts {
  /** Names of `var` declarations, at any depth. */
  readonly vars: ReadonlySet<string>;
  /** Names of functions declared at the body's top level, also behind labels, each as often as it is declared. */
  readonly functions: readonly string[];
  /** Names of functions declared in blocks: in sloppy code each may be a `var` as well. */
  readonly blockFunctions: ReadonlySet<string>;
  /** A direct `eval` that could declare what nobody sees. */
  readonly evals: boolean;
  /** `return` statements with a value. */
  readonly returns: readonly (ReturnStatement & { readonly argument: AnyNode })[];
  /** Where the words `return` end that have no value, and whether a semicolon follows. */
  readonly bareReturns: readonly { readonly end: number; readonly isStopped: boolean }[];
  /** Whether a `finally` may overrule what has been returned, or an iterator or resource that fails to close. */
  readonly mayOverrule: boolean;
  /** Whether nothing of the body runs after a `return`: no `catch` or `finally`, no iterator to be closed, no `using`. */
  readonly returnsDirectly: boolean;
  /** Whether it returns from within a `with`, where any name may be a property of some object. */
  readonly returnsInWith: boolean;
}

/** Names that a pattern binds. */
export function boundNames(pattern: AnyNode | null, names: string[] = []): string[] {
  switch (pattern?.type) {
    case 'Identifier':
      names.push(pattern.name);
      break;
    case 'ObjectPattern':
      for (const part of pattern.properties) boundNames(part, names);
      break;
    case 'Property':
      boundNames(pattern.value, names);
      break;
    case 'ArrayPattern':
      for (const part of pattern.elements) boundNames(part, names);
      break;
    case 'AssignmentPattern':
      boundNames(pattern.left, names);
      break;
    case 'RestElement':
      boundNames(pattern.argument, names);
      break;
    default:
  }
  return names;
}

/** Looks through the body of one function, not into the functions and class members in it. */
export function bodyFacts(fn: FunctionNode): BodyFacts {
  const vars = new Set<string>();
  const functions: string[] = [];
  const blockFunctions = new Set<string>();
  const returns: (ReturnStatement & { argument: AnyNode })[] = [];
  const bareReturns: { end: number; isStopped: boolean }[] = [];
  let evals = false;
  let mayOverrule = false;
  let returnsInWith = false;
  let returnsDirectly = true;
  walk(fn.body, (link) => {
    const { node, up, inWith } = link;
    if (node.type === 'FunctionDeclaration' && node.id) {
      if (statementHolder(up) === fn.body) functions.push(node.id.name);
      else blockFunctions.add(node.id.name);
    }
    if (isFunction(node) || node.type === 'StaticBlock') return false;
    if (node.type === 'VariableDeclaration') {
      if (node.kind !== 'var') {
        const isDisposed = node.kind !== 'let' && node.kind !== 'const';
        returnsDirectly &&= !isDisposed;
        mayOverrule ||= isDisposed;
      } else for (const { id } of node.declarations) for (const name of boundNames(id)) vars.add(name);
    } else if (node.type === 'ReturnStatement') {
      returnsInWith ||= inWith;
      returnsDirectly &&= !isGuarded(link);
      if (node.argument) returns.push(node as ReturnStatement & { argument: AnyNode });
      else {
        const end = node.start + 'return'.length;
        bareReturns.push({ end, isStopped: node.end > end });
      }
    } else if (node.type === 'TryStatement') {
      mayOverrule ||= node.finalizer != null;
    } else if (node.type === 'ForOfStatement') {
      mayOverrule = true;
    } else if (node.type === 'CallExpression') {
      evals ||= node.callee.type === 'Identifier' && node.callee.name === 'eval';
    }
    return true;
  });
  return {
    vars,
    functions,
    blockFunctions,
    evals,
    returns: returns.toSorted((a, b) => a.start - b.start),
    bareReturns,
    mayOverrule,
    returnsDirectly,
    returnsInWith,
  };
}

/** Whether more of the body may run once a statement has returned. */
function isGuarded(from: Link): boolean {
  for (let link: Link | undefined = from; link !== undefined; link = link.up) {
    if (link.node.type === 'TryStatement' || link.node.type === 'ForOfStatement') return true;
  }
  return false;
}

/** What holds a statement, its labels left out: a labelled function is declared where its label stands. */
function statementHolder(up: Link | undefined): AnyNode | undefined {
  let holder = up;
  while (holder?.node.type === 'LabeledStatement') holder = holder.up;
  return holder?.node;
}

/** Whether `arguments` and the parameters of a function are one: in sloppy code, where all of them are plain names. */
export function sharesArguments(fn: FunctionNode, from: Link): boolean {
  if (fn.type === 'ArrowFunctionExpression') return false;
  return fn.params.every((param) => param.type === 'Identifier') && !isStrict(from);
}

function isStrict(from: Link): boolean {
  for (let link: Link | undefined = from; link !== undefined; link = link.up) {
    const { node } = link;
    if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') return true;
    if (node.type === 'Program' && node.sourceType === 'module') return true;
    const body = node.type === 'Program' ? node : isFunction(node) ? node.body : undefined;
    if ((body?.type === 'Program' || body?.type === 'BlockStatement') && saysStrict(body.body)) return true;
  }
  return false;
}

function saysStrict(statements: readonly AnyNode[]): boolean {
  return says(statements, 'use strict');
}

/** Whether a function is an asm.js module or stands in one: V8 compiles these ahead, or warns that it cannot. */
export function isAsm(from: Link): boolean {
  for (let link: Link | undefined = from; link !== undefined; link = link.up) {
    const { node } = link;
    if (isFunction(node) && node.body.type === 'BlockStatement' && says(node.body.body, 'use asm'))
      return true;
  }
  return false;
}

function says(statements: readonly AnyNode[], directive: string): boolean {
  return statements.some((each) => each.type === 'ExpressionStatement' && each.directive === directive);
}
