import type { AnyNode, CallExpression } from 'acorn';
import { decoratorNames } from './decorator-names.js';
import { createStandardDecorators } from './standard-decorators.js';
import { leftName, memberName, prototypeOwner, stringOf, tailName } from '../wire/names.js';
import { classNames } from '../wire/naming.js';
import { isFunction } from '../wire/sites.js';
import type { Link } from '../wire/walk.js';

/** What a file says of its classes and exports apart from the functions themselves. */
export interface FileIndex {
  /** Decorators of classes by name, and of members by `name.member`. */
  readonly decorators: ReadonlyMap<string, readonly string[]>;
  /** Names of the direct super class by class name: as written and, where imported under another name, that too. */
  readonly superClasses: ReadonlyMap<string, readonly string[]>;
  /** Further names of classes and functions by name: what bundlers rename they give its name back at run time. */
  readonly givenNames: ReadonlyMap<string, readonly string[]>;
  /** Functions that are classes of code compiled to ES5. */
  readonly functionClasses: ReadonlySet<string>;
  /** Names of the file's own that it exports. */
  readonly exported: ReadonlySet<string>;
}

/** Sets, as one class may be named and decorated ten thousand times. */
type NameSets = Map<string, Set<string>>;

const DECORATE = /^(?:__decorate|_ts_decorate|__decorateClass)\d*$/;
const NAME = /^__name\d*$/;
const EXTENDS = /^(?:__extends|_inherits|_inherits_loose|_inheritsLoose|inherits)\d*$/;
const EXPORT = /^(?:__export|_export)\d*$/;

/** Collects a {@link FileIndex}: give it every node of the file, then ask for the result. */
export function createIndexer(): { visit(link: Link): void; result(): FileIndex } {
  const decorators: NameSets = new Map();
  const supers: NameSets = new Map();
  const functionClasses = new Set<string>();
  const exported = new Set<string>();
  const imported = new Map<string, string>();
  const givenNames: NameSets = new Map();
  const standard = createStandardDecorators();

  const addSuper = (name: string, superClass: AnyNode | null | undefined, link: Link) => {
    const variable = superClass?.type === 'Identifier' ? superClass.name : undefined;
    const given = (variable !== undefined && argumentFor(variable, link)) || superClass;
    const superName = tailName(given);
    if (name === '' || superName === '') return;
    addTo(supers, name, [superName]);
    if (variable !== undefined) standard.superUsed(name, variable, link);
  };

  function call(node: CallExpression, link: Link): void {
    const callee = tailName(node.callee);
    const [first, second, third] = node.arguments;
    if (DECORATE.test(callee) && first?.type === 'ArrayExpression' && second !== undefined) {
      const owner = prototypeOwner(second, 'itself') ?? leftName(second);
      const key = third === undefined ? owner : `${owner}.${stringOf(third)}`;
      addTo(decorators, key, decoratorNames(first));
    } else if (NAME.test(callee) && first?.type === 'Identifier') {
      const given = stringOf(second);
      if (given !== '' && given !== first.name) addTo(givenNames, first.name, [given]);
    } else if (EXTENDS.test(callee) && first?.type === 'Identifier') {
      functionClasses.add(first.name);
      addSuper(first.name, second, link);
    } else if (callee === '_create_class' || callee === '_createClass' || callee === '_class_call_check') {
      const name = leftName((callee === '_class_call_check' ? second : first) ?? node);
      if (name !== '') functionClasses.add(name);
    } else if (callee === 'setPrototypeOf' && first !== undefined && second !== undefined) {
      const owner = prototypeOwner(first, 'itself');
      const above = prototypeOwner(second, 'itself');
      if (owner !== undefined && above !== undefined) addTo(supers, owner, [above]);
    } else if (EXPORT.test(callee)) {
      if (second?.type === 'ObjectExpression') exportAll(second);
    } else if (callee === 'defineProperty' && isExports(first)) {
      if (third?.type === 'ObjectExpression') exportAll(third);
    }
  }

  function assignment(left: AnyNode, right: AnyNode): void {
    if (left.type !== 'MemberExpression') return;
    const owner = prototypeOwner(left, 'member') ?? prototypeOwner(left, 'itself');
    if (owner !== undefined) {
      functionClasses.add(owner);
      const isCreate = right.type === 'CallExpression' && tailName(right.callee) === 'create';
      const from = isCreate ? right.arguments[0] : right;
      const above = from && prototypeOwner(from, 'itself');
      if (above !== undefined) addTo(supers, owner, [above]);
    }
    if (isExports(left)) {
      if (right.type === 'ObjectExpression') exportAll(right);
      else exportValue(right);
    } else if (isExports(left.object)) {
      exported.add(memberName(left));
      exportValue(right);
    }
  }

  function exportAll(object: Extract<AnyNode, { type: 'ObjectExpression' }>): void {
    for (const part of object.properties) if (part.type === 'Property') exportValue(part.value);
  }

  /** The local name of an exported value: itself, or what a getter gives. */
  function exportValue(value: AnyNode): void {
    if (value.type === 'Identifier') exported.add(value.name);
    else if (value.type === 'AssignmentExpression') exportValue(value.right);
    else if ((value.type === 'ClassExpression' || value.type === 'FunctionExpression') && value.id) {
      exported.add(value.id.name);
    }
    if (!isFunction(value)) return;
    const returned = value.body.type === 'BlockStatement' ? value.body.body[0] : undefined;
    const given = returned?.type === 'ReturnStatement' ? returned.argument : value.body;
    if (given?.type === 'Identifier') exported.add(given.name);
  }

  function visit(link: Link): void {
    const { node } = link;
    switch (node.type) {
      case 'CallExpression':
        call(node, link);
        standard.call(node, link);
        break;
      case 'AssignmentExpression':
        assignment(node.left, node.right);
        standard.set(node.left, node.right, link);
        break;
      case 'VariableDeclarator':
        standard.set(node.id, node.init, link);
        break;
      case 'ClassDeclaration':
      case 'ClassExpression':
        for (const name of classNames(link)) addSuper(name, node.superClass, link);
        break;
      case 'ImportSpecifier':
        imported.set(node.local.name, tailName(node.imported) || stringOf(node.imported));
        break;
      case 'ExportNamedDeclaration':
        for (const { local } of node.source ? [] : node.specifiers) exported.add(tailName(local));
        for (const name of declaredNames(node.declaration)) exported.add(name);
        break;
      case 'ExportDefaultDeclaration':
        exported.add('default');
        exported.add(leftName(node.declaration));
        for (const name of declaredNames(node.declaration)) exported.add(name);
        break;
      default:
    }
  }

  return {
    visit,
    result() {
      standard.finish(
        (key, names) => addTo(decorators, key, names),
        (name, above) => addTo(supers, name, [above]),
      );
      for (const [name, given] of givenNames) {
        const above = supers.get(name);
        if (above !== undefined) for (const alias of given) addTo(supers, alias, above);
      }
      for (const names of supers.values()) {
        const originals = [...names].flatMap((name) => imported.get(name) ?? []);
        for (const original of originals) names.add(original);
      }
      exported.delete('');
      return {
        decorators: listed(decorators),
        superClasses: listed(supers),
        givenNames: listed(givenNames),
        functionClasses,
        exported,
      };
    },
  };
}

/** What a function that is called where it stands gets for one of its parameters: `(function (_super) { … })(Base)`. */
function argumentFor(name: string, from: Link): AnyNode | undefined {
  for (let link = from.within; link !== undefined; link = link.within) {
    const index = link.node.params.findIndex((param) => param.type === 'Identifier' && param.name === name);
    const around = link.up?.node;
    if (index === -1) continue;
    return around?.type === 'CallExpression' && around.callee === link.node
      ? around.arguments[index]
      : undefined;
  }
  return undefined;
}

/** `exports` and `module.exports`. */
function isExports(node: AnyNode | undefined): boolean {
  if (node?.type === 'Identifier') return node.name === 'exports';
  return (
    node?.type === 'MemberExpression' && leftName(node.object) === 'module' && memberName(node) === 'exports'
  );
}

function declaredNames(node: AnyNode | null | undefined): string[] {
  if (node?.type === 'VariableDeclaration') return node.declarations.map(({ id }) => leftName(id));
  if (node?.type === 'FunctionDeclaration' || node?.type === 'ClassDeclaration') return [node.id?.name ?? ''];
  return [];
}

function addTo(map: NameSets, key: string, values: Iterable<string>): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, new Set(values));
  else for (const value of values) known.add(value);
}

function listed(map: NameSets): Map<string, readonly string[]> {
  return new Map([...map].map(([key, values]) => [key, [...values]]));
}
