import type { Naming } from '../wire/naming.js';
import { flowOf } from '../wire/records.js';
import type { Site } from '../wire/sites.js';
import type { Link } from '../wire/walk.js';
import type { FunctionFacts } from './facts.js';
import type { FileIndex } from './file-index.js';

/** Super classes a class has at most: each function carries the list, and no real class comes near. */
const MOST_ANCESTORS = 100;

/** Tells what matchers may ask of a function; what a class is, it works out once per class. */
export function createFactCollector(
  index: FileIndex,
): (site: Site, naming: Naming, line: number) => FunctionFacts {
  const classes = new Map<string, ClassFacts>();
  const classOf = (written: readonly string[]) => {
    const key = JSON.stringify(written);
    const facts = classes.get(key) ?? classFacts(written, index);
    classes.set(key, facts);
    return facts;
  };
  return (site, naming, line) => {
    const { kind, name, classNames: written, isStatic, isPrivate } = asCompiled(naming, index);
    const { classNames, superClasses, classDecorators, decoratorsOf, isExported } = classOf(written);
    return {
      kind,
      name,
      flow: flowOf(site),
      classNames,
      superClasses,
      isStatic,
      isPrivate,
      decorators: decoratorsOf(name),
      classDecorators,
      exported:
        (classNames.length > 0 ? isExported : index.exported.has(name)) &&
        standsAtTop(naming.classLink ?? site.link),
      line,
    };
  };
}

const NONE: readonly string[] = [];

interface ClassFacts {
  readonly classNames: readonly string[];
  readonly superClasses: readonly string[];
  readonly classDecorators: readonly string[];
  decoratorsOf(member: string): readonly string[];
  readonly isExported: boolean;
}

function classFacts(written: readonly string[], index: FileIndex): ClassFacts {
  const classNames = unique(written, (of) => [of, ...(index.givenNames.get(of) ?? [])]);
  const members = new Map<string, readonly string[]>();
  return {
    classNames,
    superClasses: ancestors(classNames, index),
    classDecorators: unique(classNames, (of) => index.decorators.get(of)),
    decoratorsOf(member) {
      if (index.decorators.size === 0) return NONE;
      const found =
        members.get(member) ?? unique(classNames, (of) => index.decorators.get(`${of}.${member}`));
      members.set(member, found);
      return found;
    },
    isExported: classNames.some((of) => index.exported.has(of)),
  };
}

/** A function that has a prototype filled elsewhere is the constructor of a class compiled to ES5. */
function asCompiled(naming: Naming, { functionClasses }: FileIndex): Naming {
  if (naming.kind !== 'function' || !functionClasses.has(naming.name)) return naming;
  return { ...naming, kind: 'constructor', name: 'constructor', classNames: [naming.name] };
}

function ancestors(classNames: readonly string[], { superClasses }: FileIndex): string[] {
  const own = new Set(classNames);
  const found = new Set<string>();
  const add = (name: string) => {
    for (const above of superClasses.get(name) ?? []) {
      if (found.size === MOST_ANCESTORS) return;
      if (!own.has(above)) found.add(above);
    }
  };
  for (const name of classNames) add(name);
  // A Set is walked in the order of adding, what is added meanwhile included: nearest first.
  for (const name of found) add(name);
  return [...found];
}

function unique(names: readonly string[], of: (name: string) => readonly string[] | undefined): string[] {
  return [...new Set(names.flatMap((name) => of(name) ?? []))];
}

/** In no function but those that modules and compiled classes are wrapped in and called at once. */
function standsAtTop(from: Link): boolean {
  for (let link = from.within; link !== undefined; link = link.within) {
    const around = link.up?.node;
    if (around?.type !== 'CallExpression' || around.callee !== link.node) return false;
  }
  return true;
}
