import type { Naming } from '../wire/naming.js';
import { flowOf } from '../wire/records.js';
import { isFunction } from '../wire/sites.js';
import type { Site } from '../wire/sites.js';
import type { Link } from '../wire/walk.js';
import type { FunctionFacts } from './facts.js';
import type { FileIndex } from './file-index.js';

/** What matchers may ask of a function. */
export function collectFacts(site: Site, naming: Naming, index: FileIndex, line: number): FunctionFacts {
  const { kind, name, classNames: written, isStatic, isPrivate } = asCompiled(naming, index);
  const classNames = unique(written, (of) => [of, ...(index.givenNames.get(of) ?? [])]);
  const decoratorsOf = (suffix: string) => unique(classNames, (of) => index.decorators.get(`${of}${suffix}`));
  return {
    kind,
    name,
    flow: flowOf(site),
    classNames,
    superClasses: ancestors(classNames, index),
    isStatic,
    isPrivate,
    decorators: decoratorsOf(`.${name}`),
    classDecorators: decoratorsOf(''),
    exported:
      (classNames.length > 0 ? classNames : [name]).some((of) => index.exported.has(of)) &&
      standsAtTop(naming.classLink ?? site.link),
    line,
  };
}

/** A function that has a prototype filled elsewhere is the constructor of a class compiled to ES5. */
function asCompiled(naming: Naming, { functionClasses }: FileIndex): Naming {
  if (naming.kind !== 'function' || !functionClasses.has(naming.name)) return naming;
  return { ...naming, kind: 'constructor', name: 'constructor', classNames: [naming.name] };
}

function ancestors(classNames: readonly string[], { superClasses }: FileIndex): string[] {
  const found = new Set<string>();
  const next = [...classNames];
  for (let name = next.shift(); name !== undefined; name = next.shift()) {
    for (const above of superClasses.get(name) ?? []) {
      if (found.has(above) || classNames.includes(above)) continue;
      found.add(above);
      next.push(above);
    }
  }
  return [...found];
}

function unique(names: readonly string[], of: (name: string) => readonly string[] | undefined): string[] {
  return [...new Set(names.flatMap((name) => of(name) ?? []))];
}

/** In no function but those that modules and compiled classes are wrapped in and called at once. */
function standsAtTop(from: Link): boolean {
  for (let link = from.up; link !== undefined; link = link.up) {
    if (!isFunction(link.node)) continue;
    const around = link.up?.node;
    if (around?.type !== 'CallExpression' || around.callee !== link.node) return false;
  }
  return true;
}
