import type { Edit } from './edit-list.js';
import { AROUND, DIRECT, IN_PLACE, returnKinds } from './forms.js';
import type { Form } from './forms.js';
import { returnEdits } from './return-edits.js';
import { bodyFacts, boundNames, isAsm, sharesArguments } from './scope.js';
import type { BodyFacts } from './scope.js';
import type { FunctionNode, Site } from './sites.js';

/** Why a function, or a whole file, is left as it is. */
export type RefusalCode =
  /** The file is no JavaScript of its format. */
  | 'syntax'
  /** The file holds the runtime's name. */
  | 'name-taken'
  /** The file nests deeper than the stack. */
  | 'too-deep'
  /** The weaver itself failed. */
  | 'failed'
  /** A rule threw. */
  | 'rule-failed'
  /** The function cannot get any of the forms without changing what it does. */
  | 'no-form';

/**
 * What is wished for: a body that stays where it is, or one in a closure, which a replacement needs. A function that
 * cannot have what is wished for gets the other, if it can have that.
 */
export type Style = 'in-place' | 'closure';

export type Plan = { readonly form: Form; readonly facts?: BodyFacts } | { readonly refused: string };

type Names = readonly (readonly [start: number, end: number])[];

/** The one form that a function has for a style: the same for the weaver and for who checks its lists. */
export function planSite({ fn, link }: Site, style: Style): Plan {
  if (isAsm(link))
    return { refused: 'it stands in a `"use asm"` function, which must be as it was compiled' };
  if (link.inWith) return { refused: 'it stands in a `with`, which may have its own idea of any name' };
  const isArrow = fn.type === 'ArrowFunctionExpression';
  const params = new Set(fn.params.flatMap((param) => boundNames(param)));
  if (isArrow && fn.body.type !== 'BlockStatement') return planConcise(fn, params);
  if (!isArrow && params.has('arguments')) return { refused: 'a parameter is called `arguments`' };
  const facts = bodyFacts(fn);
  const isDerived = derives(link);
  const why =
    whyNotInPlace(facts, isDerived === true) ??
    (facts.functions.some((name) => params.has(name)) && sharesArguments(fn, link)
      ? 'a function of the body has the name of a parameter, and `arguments` with it'
      : undefined);
  const prefersInPlace = style === 'in-place' && !fn.async && why === undefined;
  if (!prefersInPlace && !fn.generator && !facts.evals && !clashes(facts, params, isArrow)) {
    if (isArrow) return { form: fn.async ? AROUND.arrowAsync : AROUND.arrow };
    if (fn.async) return { form: AROUND.async };
    return { form: isDerived === undefined ? AROUND.run : isDerived ? AROUND.derive : AROUND.construct };
  }
  if (why !== undefined) return { refused: why };
  // A generator may also be ended from outside, which only `finally` sees.
  const forms = facts.returnsDirectly && !fn.generator && !fn.async ? DIRECT : IN_PLACE;
  return { form: isArrow ? forms.arrow : isDerived === false ? forms.construct : forms.run, facts };
}

function planConcise(fn: FunctionNode, params: ReadonlySet<string>): Plan {
  if (params.size > 0 && bodyFacts(fn).evals) {
    return { refused: 'an arrow function without braces that has parameters and calls eval' };
  }
  // Parentheses around the body leave no room for braces, and keep the next line out by themselves.
  if (fn.body.end < fn.end) return { form: fn.async ? AROUND.conciseAsync : AROUND.concise };
  return { form: fn.async ? AROUND.conciseBlockAsync : AROUND.conciseBlock };
}

/** A `var` or function of the body that shares a parameter's binding would get a new one in a closure. */
function clashes(facts: BodyFacts, params: ReadonlySet<string>, isArrow: boolean): boolean {
  const shared = (name: string) => params.has(name) || (!isArrow && name === 'arguments');
  return [...facts.vars, ...facts.functions, ...facts.blockFunctions].some(shared);
}

/** In place the body becomes a block, and a block takes less: no name declared twice. */
function whyNotInPlace(facts: BodyFacts, isDerived: boolean): string | undefined {
  const { vars, functions, blockFunctions, evals } = facts;
  if (isDerived) return 'a derived constructor whose body shares a name with a parameter, or calls eval';
  if (new Set(functions).size < functions.length) return 'two functions of the body have one name';
  if (functions.some((name) => vars.has(name))) return 'a function and a var of the body have one name';
  if (functions.some((name) => blockFunctions.has(name)))
    return 'a block declares a function of the body again';
  if (functions.includes('arguments')) return 'the body declares a function called `arguments`';
  if (evals && functions.length > 0) return 'the body calls eval and declares functions';
  if (facts.returnsInWith) return 'the body returns from within a `with`';
  return undefined;
}

/** Whether it is the constructor of a derived class; undefined for all that is no class constructor. */
function derives(link: Site['link']): boolean | undefined {
  const member = link.up?.node;
  if (member?.type !== 'MethodDefinition' || member.kind !== 'constructor') return undefined;
  const type = link.up?.up?.up?.node;
  return (type?.type === 'ClassDeclaration' || type?.type === 'ClassExpression') && type.superClass != null;
}

/** Where the parameters' names stand, up to the first that is a pattern; whether the last is a rest parameter. */
function simpleNames(fn: FunctionNode): { names: Names; rest: boolean } {
  const names: [number, number][] = [];
  for (const param of fn.params) {
    const rest = param.type === 'RestElement';
    const bound = rest ? param.argument : param.type === 'AssignmentPattern' ? param.left : param;
    if (bound.type !== 'Identifier') break;
    names.push([bound.start, bound.end]);
    if (rest) return { names, rest };
  }
  return { names, rest: false };
}

/** All insertions at one function, in the order in which they stand. */
export function editsOf({ fn }: Site, { form, facts }: Extract<Plan, { form: Form }>, probe: number): Edit[] {
  const { start, end } = bodyRange(fn);
  const { names, rest } = form.names ? simpleNames(fn) : { names: [], rest: false };
  const open = rest ? `${form.open}-rest` : form.open;
  return [
    names.length > 0 ? [start, open, probe, names] : [start, open, probe],
    ...(form.isInPlace && facts !== undefined ? returnEdits(facts, returnKinds(form), probe) : []),
    [end, form.close, probe],
  ];
}

/** Between the braces, after the directives; or the concise body itself. */
export function bodyRange({ body }: FunctionNode): { start: number; end: number } {
  if (body.type !== 'BlockStatement') return { start: body.start, end: body.end };
  let start = body.start + 1;
  for (const statement of body.body) {
    if (statement.type !== 'ExpressionStatement' || statement.directive === undefined) break;
    start = statement.end;
  }
  return { start, end: body.end - 1 };
}

/** The insertions of several functions as one list. At one offset the inner function's come first. */
export function mergeEdits(perSite: readonly (readonly [Site, readonly Edit[]])[]): Edit[] {
  const all = perSite.flatMap(([{ fn }, edits]) =>
    edits.map((edit, turn) => ({ edit, turn, start: fn.start })),
  );
  return all
    .toSorted((a, b) => a.edit[0] - b.edit[0] || b.start - a.start || a.turn - b.turn)
    .map(({ edit }) => edit);
}
