import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FunctionFacts } from '../weaver/facts.js';
import { evaluate } from './evaluate.js';
import { fileFilters, filterAdmits } from './file-filters.js';
import {
  any,
  decoratedWith,
  func,
  inClass,
  inFile,
  inPackage,
  Matcher,
  method,
  subTypeOf,
} from './matcher.js';
import type { MatcherNode } from './node.js';
import { residual } from './residual.js';

const NAMES = ['Shop', 'Base', 'run', 'x', '#run', 'odd name'];
const name = fc.constantFrom(...NAMES);

const leaf: fc.Arbitrary<MatcherNode> = fc.oneof(
  fc.constant<MatcherNode>({ is: 'any' }),
  fc.record({
    is: fc.constant('package' as const),
    name: fc.constantFrom('shop', 'express'),
    range: fc.constantFrom('*', '>=2', '^1.0.0'),
  }),
  fc.record({
    is: fc.constant('file' as const),
    glob: fc.constantFrom('src/*.js', '**/b.js', '{src,lib}/**'),
  }),
  fc.record({
    is: fc.constantFrom('class', 'method', 'getter', 'func', 'decorated', 'subType' as const),
    name,
  }),
);

const { node: matchers } = fc.letrec<{ node: MatcherNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    leaf,
    fc.record({
      is: fc.constantFrom('and' as const, 'or' as const),
      of: fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
    }),
    fc.record({ is: fc.constant('not' as const), of: tie('node') }),
  ),
}));

const files = fc.record({
  package: fc.constantFrom('shop', 'express', ''),
  version: fc.constantFrom('1.0.0', '2.1.0', ''),
  path: fc.constantFrom('src/a.js', 'src/b.js', 'lib/deep/b.js', 'a.js'),
});

const functions: fc.Arbitrary<FunctionFacts> = fc.record({
  kind: fc.constantFrom('function', 'method', 'getter', 'setter', 'constructor', 'arrow' as const),
  name: fc.oneof(name, fc.constant('')),
  flow: fc.constant('sync' as const),
  classNames: fc.array(name, { maxLength: 2 }),
  superClasses: fc.array(name, { maxLength: 2 }),
  isStatic: fc.boolean(),
  isPrivate: fc.boolean(),
  decorators: fc.array(name, { maxLength: 1 }),
  classDecorators: fc.array(name, { maxLength: 1 }),
  exported: fc.boolean(),
  line: fc.constant(1),
});

/** The least a source must hold for the weaver to know this of a function. */
function leastText(fn: FunctionFacts): string {
  const odd = (text: string) => (text === 'odd name' ? String.raw`odd\x20name` : text);
  const extend =
    fn.superClasses.length > 0 ? [fn.isStatic ? 'extends' : 'Object.setPrototypeOf(a.prototype'] : [];
  return [fn.name, ...fn.classNames, ...extend, ...fn.superClasses, ...fn.decorators, ...fn.classDecorators]
    .map(odd)
    .join(' ');
}

describe('fileFilters', () => {
  it('lets every file through that the whole matcher can match', () => {
    fc.assert(
      fc.property(matchers, files, functions, (node, file, fn) => {
        fc.pre(evaluate(residual(node, file), fn) !== false);
        const text = leastText(fn);
        expect(fileFilters(node).some((filter) => filterAdmits(filter, { ...file, text }))).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it('stays small whatever the matcher', () => {
    fc.assert(fc.property(matchers, (node) => fileFilters(node).length <= 32));
    const one = (i: number) =>
      inClass(`A${i}`)
        .or(method(`m${i}`))
        .or(func(`f${i}`));
    const wide = [...Array(12).keys()].map(one).reduce((sum, next) => sum.and(next));
    expect(fileFilters(wide)).toHaveLength(1);
  });

  it('asks by package, path and words at once', () => {
    const matcher = inPackage('shop@>=2')
      .and(inFile('src/*.js'))
      .and(inClass('Orders'))
      .and(method('#place'));
    const [filter, ...others] = fileFilters(matcher);
    expect(others).toEqual([]);
    expect(filter).toMatchObject({ packages: ['shop'], words: ['Orders', 'place'] });
    const text = 'class Orders { #place() {} }';
    expect(filterAdmits(filter!, { package: 'shop', path: 'src/orders.js', text })).toBe(true);
    expect(filterAdmits(filter!, { package: 'shop', path: 'lib/orders.js', text })).toBe(false);
    expect(filterAdmits(filter!, { package: 'bank', path: 'src/orders.js', text })).toBe(false);
    expect(filterAdmits(filter!, { package: 'shop', path: 'src/orders.js', text: 'class Orders {}' })).toBe(
      false,
    );
  });

  it('asks for no file of other packages when a class is named anywhere', () => {
    const filters = fileFilters(any().and(inClass('Orders')));
    expect(filters).toEqual([{ packages: null, path: null, words: ['Orders'] }]);
  });

  it('asks for files with sub-types, which need not name the class', () => {
    expect(fileFilters(subTypeOf('Base')).map(({ words }) => words)).toEqual([
      ['Base'],
      ['extends'],
      ['inherits'],
      ['prototype'],
    ]);
  });

  it('gives no filter for what matches nothing', () => {
    expect(fileFilters(any().not())).toEqual([]);
    expect(fileFilters(inPackage('a').and(inPackage('b')))).toEqual([]);
  });

  it('asks for every file where only something is excluded', () => {
    const every = [{ packages: null, path: null, words: [] }];
    expect(fileFilters(inPackage('a').not())).toEqual(every);
    expect(fileFilters(decoratedWith('Get').or(any()))).toEqual(every);
    expect(fileFilters(new Matcher({ is: 'file', glob: 'src/**' }).not())).toEqual(every);
  });
});
