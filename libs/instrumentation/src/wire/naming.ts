import type { AnyNode } from 'acorn';
import { leftName, memberName, nameOfKey, prototypeOwner, stringOf, tailName } from './names.js';
import type { Site } from './sites.js';
import type { Link } from './walk.js';

export type NamedKind = 'function' | 'method' | 'getter' | 'setter' | 'constructor' | 'arrow';

/** What a function is called and what it is a member of, as far as its surroundings tell. */
export interface Naming {
  readonly kind: NamedKind;
  /** Empty when it has none or a computed one. */
  readonly name: string;
  /** Names of its class, outermost first; empty outside classes. */
  readonly classNames: readonly string[];
  readonly isStatic: boolean;
  readonly isPrivate: boolean;
  /** The class, where it is written as one. */
  readonly classLink?: Link;
}

const MEMBER_KINDS = { method: 'method', get: 'getter', set: 'setter', constructor: 'constructor' } as const;
const DESCRIPTOR_KINDS: Readonly<Record<string, NamedKind>> = {
  get: 'getter',
  set: 'setter',
  value: 'method',
};

/**
 * Name, kind and class of a function from where it stands. What compilers make of class members counts as a member:
 * `A.prototype.m = function`, `Object.defineProperty(A.prototype, 'm', { get: function })`, a list of
 * `{ key: 'm', value: function }`, `this.m = () => …` in a constructor.
 */
export function nameOf({ fn, link }: Site): Naming {
  const own = fn.id?.name ?? '';
  const kind = fn.type === 'ArrowFunctionExpression' ? 'arrow' : 'function';
  const { place, given } = throughWrappers(link);
  const named = (name: string, more: Partial<Naming> = {}): Naming => ({
    kind,
    name,
    classNames: [],
    isStatic: false,
    isPrivate: false,
    ...more,
  });
  const asMember = (name: string, classNames: readonly string[], more: Partial<Naming> = {}) =>
    named(name, { kind: kind === 'arrow' ? kind : 'method', classNames, ...more });
  const up = place.up?.node;
  switch (up?.type) {
    case 'MethodDefinition':
    case 'PropertyDefinition': {
      const classLink = place.up!.up!.up!;
      return asMember(nameOfKey(up.key, up.computed), classNames(classLink), {
        ...(up.type === 'MethodDefinition' && { kind: MEMBER_KINDS[up.kind] }),
        isStatic: up.static,
        isPrivate: up.key.type === 'PrivateIdentifier',
        classLink,
      });
    }
    case 'Property':
      return ofProperty(up, place.up!, asMember);
    case 'VariableDeclarator':
      return named(own || given || leftName(up.id));
    case 'AssignmentExpression':
      return ofAssignment(up.left, place, { own, given, named, asMember });
    case 'AssignmentPattern':
      return named(own || given || leftName(up.left));
    case 'CallExpression':
      if (up.arguments[0]?.type === 'ThisExpression' && up.arguments[2] === place.node) {
        return asMember(stringOf(up.arguments[1]), constructorClass(place));
      }
      return named(own || given);
    case 'ExportDefaultDeclaration':
      return named(own || given || 'default');
    default:
      return named(own || given);
  }
}

type AsMember = (name: string, classNames: readonly string[], more?: Partial<Naming>) => Naming;

function ofProperty(
  property: Extract<AnyNode, { type: 'Property' }>,
  link: Link,
  asMember: AsMember,
): Naming {
  const name = nameOfKey(property.key, property.computed);
  const kind = property.kind === 'init' ? undefined : MEMBER_KINDS[property.kind];
  const holder = link.up?.up;
  const around = holder?.node;
  if (around?.type === 'AssignmentExpression') {
    const owner = prototypeOwner(around.left, 'itself');
    if (owner !== undefined) return asMember(name, [owner], kind && { kind });
  }
  const described = descriptorOf(link);
  const asDescribed = kind === undefined ? DESCRIPTOR_KINDS[name] : undefined;
  if (described !== undefined && asDescribed !== undefined) {
    return asMember(described.name, described.classNames, {
      kind: asDescribed,
      isStatic: described.isStatic,
    });
  }
  return asMember(name, [], kind && { kind });
}

/** The member that a property descriptor is for. */
function descriptorOf({
  up: object,
}: Link): { name: string; classNames: string[]; isStatic: boolean } | undefined {
  const call = object?.up?.node.type === 'ArrayExpression' ? object.up.up : object?.up;
  if (object?.node.type !== 'ObjectExpression' || call?.node.type !== 'CallExpression') return undefined;
  const [target, second, third] = call.node.arguments;
  if (target === undefined) return undefined;
  if (object.up !== call) {
    // createClass(A, [of the prototype], [of A])
    const key = object.node.properties.find(
      (part) => part.type === 'Property' && nameOfKey(part.key, false) === 'key',
    );
    if (target.type !== 'Identifier' || key?.type !== 'Property') return undefined;
    return { name: stringOf(key.value), classNames: [target.name], isStatic: third === object.up?.node };
  }
  if (tailName(call.node.callee) !== 'defineProperty' || third !== object.node) return undefined;
  const owner = prototypeOwner(target, 'itself');
  const isClass = owner === undefined && target.type === 'Identifier' && looksLikeClass(target.name);
  if (owner === undefined && !isClass) return undefined;
  return { name: stringOf(second), classNames: [owner ?? leftName(target)], isStatic: isClass };
}

interface Words {
  readonly own: string;
  readonly given: string;
  readonly named: (name: string) => Naming;
  readonly asMember: AsMember;
}

function ofAssignment(left: AnyNode, place: Link, { own, given, named, asMember }: Words): Naming {
  const name = left.type === 'MemberExpression' ? memberName(left) : '';
  if (left.type !== 'MemberExpression' || name === '') return named(own || given || leftName(left));
  const owner = prototypeOwner(left, 'member');
  if (owner !== undefined) return asMember(name, [owner]);
  if (left.object.type === 'ThisExpression') {
    const classOf = constructorClass(place);
    return classOf.length > 0 ? asMember(name, classOf) : named(name);
  }
  const { object } = left;
  if (object.type === 'Identifier' && looksLikeClass(object.name)) {
    return asMember(name, [object.name], { isStatic: true });
  }
  const isModule = name === 'exports' && object.type === 'Identifier' && object.name === 'module';
  return named(isModule ? own || given || name : name);
}

/** By convention alone: what a compiler made of a static method looks like any assignment. */
function looksLikeClass(name: string): boolean {
  return /^_*\p{Lu}/u.test(name);
}

/** Names of the class in whose constructor something stands. */
function constructorClass(place: Link): readonly string[] {
  for (let link = place.within; link !== undefined; link = link.within) {
    if (link.node.type !== 'FunctionExpression') continue;
    const member = link.up?.node;
    const isConstructor = member?.type === 'MethodDefinition' && member.kind === 'constructor';
    return isConstructor ? classNames(link.up!.up!.up!) : [];
  }
  return [];
}

/** Looks through `__name(fn, 'x')` of esbuild. */
function throughWrappers(link: Link): { place: Link; given: string } {
  const call = link.up?.node;
  if (call?.type !== 'CallExpression' || call.arguments[0] !== link.node || !isNaming(call.callee)) {
    return { place: link, given: '' };
  }
  return { place: link.up!, given: stringOf(call.arguments[1]) };
}

function isNaming(callee: AnyNode): boolean {
  return /^__name\d*$/.test(tailName(callee));
}

const known = new WeakMap<AnyNode, readonly string[]>();

/** All names of a class, outermost first: what it is assigned to, then what it is called. */
export function classNames(link: Link): readonly string[] {
  const names = known.get(link.node) ?? findClassNames(link);
  known.set(link.node, names);
  return names;
}

function findClassNames(link: Link): string[] {
  const { node } = link;
  if (node.type !== 'ClassDeclaration' && node.type !== 'ClassExpression') return [];
  const { place, given } = throughWrappers(link);
  const names = [given, node.id?.name ?? '', ...namesGivenInside(node.body)];
  for (let outer = place.up; outer !== undefined; outer = outer.up) {
    const { node: around } = outer;
    if (around.type === 'AssignmentExpression') names.unshift(leftName(around.left));
    else if (around.type === 'VariableDeclarator') names.unshift(leftName(around.id));
    else break;
  }
  return [...new Set(names.filter((name) => name !== ''))];
}

/** `static { __name(this, 'A') }` of esbuild. */
function namesGivenInside({ body }: { readonly body: readonly AnyNode[] }): string[] {
  return body.flatMap((member) => {
    const statement = member.type === 'StaticBlock' ? member.body[0] : undefined;
    const call = statement?.type === 'ExpressionStatement' ? statement.expression : undefined;
    if (call?.type !== 'CallExpression' || !isNaming(call.callee)) return [];
    return call.arguments[0]?.type === 'ThisExpression' ? [stringOf(call.arguments[1])] : [];
  });
}

/** `Class.method`, `Class.get name`, `name` or `<anonymous>`. */
export function displayName({ kind, name, classNames }: Naming): string {
  const prefix = kind === 'getter' ? 'get ' : kind === 'setter' ? 'set ' : '';
  const own = name === '' ? '<anonymous>' : name;
  return classNames[0] === undefined ? `${prefix}${own}` : `${classNames[0]}.${prefix}${own}`;
}
