import type { AnyNode, CallExpression } from 'acorn';
import { nameOfKey, stringOf, tailName } from '../wire/names.js';
import { classNames } from '../wire/naming.js';
import type { Link } from '../wire/walk.js';
import { decoratorNames } from './decorator-names.js';

/** Decorators of the language's own proposal, as tsc writes them: lists in variables, used by `__esDecorate`. */
export interface StandardDecorators {
  /** A variable gets a value. */
  set(left: AnyNode, right: AnyNode | null | undefined, link: Link): void;
  call(node: CallExpression, link: Link): void;
  /** A class extends a variable. */
  superUsed(className: string, variable: string, link: Link): void;
  /** Tells what was found, once everything has been seen. */
  finish(
    decorate: (key: string, names: readonly string[]) => void,
    extend: (className: string, above: string) => void,
  ): void;
}

export function createStandardDecorators(): StandardDecorators {
  const lists = new Map<string, string[]>();
  const superClasses = new Map<string, string>();
  const uses: { list: string; keys: string[] }[] = [];
  const extended: { className: string; variable: string; link: Link }[] = [];

  return {
    set(left, right, link) {
      if (left.type !== 'Identifier' || right == null) return;
      if (left.name === '_classSuper') superClasses.set(scoped(left.name, link), tailName(right));
      if (right.type === 'ArrayExpression' && left.name.endsWith('ecorators')) {
        lists.set(scoped(left.name, link), decoratorNames(right));
      }
    },
    call({ callee, arguments: [, , list, about] }, link) {
      if (tailName(callee) !== '__esDecorate' || list?.type !== 'Identifier') return;
      if (about?.type !== 'ObjectExpression') return;
      const of = (name: string) => {
        const part = about.properties.find(
          (each) => each.type === 'Property' && nameOfKey(each.key, false) === name,
        );
        return part?.type === 'Property' ? stringOf(part.value) : '';
      };
      const suffix = of('kind') === 'class' ? '' : `.${of('name')}`;
      const keys = classAround(link).map((name) => `${name}${suffix}`);
      uses.push({ list: scoped(list.name, link), keys });
    },
    superUsed(className, variable, link) {
      if (variable === '_classSuper') extended.push({ className, variable, link });
    },
    finish(decorate, extend) {
      for (const { list, keys } of uses) for (const key of keys) decorate(key, lists.get(list) ?? []);
      for (const { className, variable, link } of extended) {
        const above = superClasses.get(scoped(variable, link));
        if (above !== undefined && above !== '') extend(className, above);
      }
    },
  };
}

/** The variables have the same names in every class, each in a function of its own. */
function scoped(name: string, from: Link): string {
  return from.within === undefined ? name : `${from.within.node.start}:${name}`;
}

function classAround(from: Link): readonly string[] {
  for (let link = from.up; link !== undefined; link = link.up) {
    if (link.node.type === 'ClassDeclaration' || link.node.type === 'ClassExpression')
      return classNames(link);
  }
  return [];
}
