import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { FunctionFacts } from '../weaver/facts.js';
import { weave } from '../weaver/index.js';
import { fileFilters, filterAdmits } from './file-filters.js';
import { decoratedWith, func, getter, inClass, method, subTypeOf } from './matcher.js';
import type { Matcher } from './matcher.js';
import { evaluate } from './evaluate.js';
import { written } from './explain.js';

const PLACE = { package: 'any', path: 'any.js' };
const MODULES = fileURLToPath(new URL('../../../../node_modules/', import.meta.url));
const FOLDERS = [
  'express/lib',
  '@nestjs/microservices/client',
  'rxjs/dist/cjs/internal/operators',
  'amqplib/lib',
];

const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(MODULES, folder))
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(MODULES, folder, name), 'utf8')),
);

function functionsOf(text: string): readonly FunctionFacts[] {
  const functions: FunctionFacts[] = [];
  const matches = (fn: FunctionFacts) => {
    functions.push(fn);
    return false;
  };
  const format = /^(?:import|export) /m.test(text) ? 'esm' : 'cjs';
  weave(text, { path: 'x.js', format, rules: [{ name: 'all', replaces: false, matches }] });
  return functions;
}

/** Matchers that find this very function. */
function matchersOf(fn: FunctionFacts): readonly Matcher[] {
  const own = fn.name === '' ? [] : [method(fn.name), getter(fn.name), func(fn.name)];
  const decorators = [...fn.decorators, ...fn.classDecorators].map(decoratedWith);
  return [
    ...own,
    ...decorators,
    ...fn.classNames.map(inClass),
    ...fn.superClasses.map(subTypeOf),
    subTypeOf('Elsewhere'),
  ];
}

function lostIn(text: string): readonly string[] {
  return functionsOf(text).flatMap((fn) =>
    matchersOf(fn)
      .filter(({ node }) => evaluate(node, fn) !== false)
      .filter((matcher) => !fileFilters(matcher).some((filter) => filterAdmits(filter, { ...PLACE, text })))
      .map(({ node }) => `${written(node)} in ${JSON.stringify(fn)}`),
  );
}

describe('file filters over real files', () => {
  it('let every file through in which the weaver finds a match', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap(functionsOf).length).toBeGreaterThan(1000);
    expect(files.flatMap(lostIn)).toEqual([]);
  });
});
