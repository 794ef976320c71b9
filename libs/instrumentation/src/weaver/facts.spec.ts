import { describe, expect, it } from 'vitest';
import type { FunctionFacts } from './facts.js';
import { weave } from './weave.js';

function factsOf(source: string, format: 'cjs' | 'esm' = 'cjs'): FunctionFacts[] {
  const facts: FunctionFacts[] = [];
  const rule = { name: 'look', replaces: false, matches: (fn: FunctionFacts) => facts.push(fn) < 0 };
  expect(weave(source, { path: 'a.js', format, rules: [rule] }).report.refused).toEqual([]);
  return facts;
}

/** `kind Class.name` of all functions, static ones with `static`. */
const named = (source: string) =>
  factsOf(source).map(({ kind, name, classNames, isStatic }) =>
    [
      isStatic ? 'static ' : '',
      kind,
      ' ',
      classNames.length > 0 ? `${classNames.join('=')}.` : '',
      name,
    ].join(''),
  );

describe('what the weaver knows of a function', () => {
  it.each<[string, string, string[]]>([
    [
      'declarations and variables',
      'function f() {} const g = () => 1; var h = function own() {}; let i; i = function () {};',
      ['function f', 'arrow g', 'function own', 'function i'],
    ],
    [
      'nameless functions',
      '(function () {})(); [() => 1]; x(function () {}, async () => {});',
      ['function ', 'arrow ', 'function ', 'arrow '],
    ],
    [
      'what a CommonJS module is',
      'module.exports = function own() {}; module.exports = () => 1; module.exports.f = function other() {};',
      ['function own', 'arrow exports', 'function f'],
    ],
    [
      'class members',
      'class A { constructor() {} m() {} static s() {} get g() { return 1; } set g(v) {} #p() {} f = () => 1; static h = function () {}; [x]() {} "q r"() {} }',
      [
        'constructor A.constructor',
        'method A.m',
        'static method A.s',
        'getter A.g',
        'setter A.g',
        'method A.#p',
        'arrow A.f',
        'static method A.h',
        'method A.',
        'method A.q r',
      ],
    ],
    [
      'class expressions',
      'const A = class B { m() {} }; let C = C_1 = class C { m() {} }; exports.D = class { m() {} }; x(class { m() {} });',
      ['method A=B.m', 'method C=C_1.m', 'method D.m', 'method m'],
    ],
    [
      'object literals',
      'const o = { m() {}, f: function () {}, a: () => 1, get g() { return 1; }, "k-l": function () {} };',
      ['method m', 'method f', 'arrow a', 'getter g', 'method k-l'],
    ],
    [
      'prototypes',
      'A.prototype.m = function () {}; A.prototype["n"] = function x() {}; A.prototype = { o: function () {} }; A.s = function () {}; ns.B.prototype.m = () => 1; util.f = function () {};',
      ['method A.m', 'method A.n', 'method A.o', 'static method A.s', 'arrow B.m', 'function f'],
    ],
    [
      'properties defined by hand',
      'Object.defineProperty(A.prototype, "g", { get: function () {}, set(v) {} }); Object.defineProperty(A, "s", { value: function () {} }); Object.defineProperty(o, "x", { get: function () {} });',
      ['getter A.g', 'setter A.g', 'static method A.s', 'method get'],
    ],
    [
      'fields set in constructors',
      'class A { constructor() { this.f = () => 1; define(this, "g", () => 2); } m() { this.h = () => 3; } }',
      ['constructor A.constructor', 'arrow A.f', 'arrow A.g', 'method A.m', 'arrow h'],
    ],
    [
      'names that esbuild keeps',
      'const a = __name(() => 1, "b"); const C2 = class { static { __name(this, "C"); } m() {} }; __name2(function () {}, "d");',
      ['arrow b', 'method C2=C.m', 'function d'],
    ],
    [
      'functions that are classes',
      'function A() {} A.prototype.m = function () {}; function B() {} util.inherits(B, A); function c() {}',
      ['constructor A.constructor', 'method A.m', 'constructor B.constructor', 'function c'],
    ],
    [
      'defaults',
      'function f({ a = () => 1 } = {}, b = function () {}) {}',
      ['function f', 'arrow a', 'function b'],
    ],
  ])('names %s', (_, source, names) => {
    expect(named(source)).toEqual(names);
  });

  it('follows super classes through the file, and stops at cycles', () => {
    const source = `import { Root as R } from 'x';
      class A extends B { a() {} } class B extends ns.C { b() {} } class C extends R { c() {} }
      class X extends Y { x() {} } class Y extends X { y() {} } class M extends mixin(A) { m() {} }`;
    const supers = Object.fromEntries(factsOf(source, 'esm').map((fn) => [fn.name, fn.superClasses]));
    expect(supers).toEqual({
      a: ['B', 'C', 'R', 'Root'],
      b: ['C', 'R', 'Root'],
      c: ['R', 'Root'],
      x: ['Y'],
      y: ['X'],
      m: [],
    });
  });

  it('knows how functions end', () => {
    const flows = factsOf(
      'function a() {} async function b() {} function* c() {} async function* d() {} const e = async () => 1;',
    );
    expect(flows.map(({ flow }) => flow)).toEqual(['sync', 'async', 'generator', 'async-generator', 'async']);
  });

  it('knows what a module exports, by which form it may', () => {
    const exported = (source: string, format: 'cjs' | 'esm') =>
      factsOf(source, format)
        .filter((fn) => fn.exported)
        .map(({ name }) => name);
    expect(
      exported(
        'export function a() {} function b() {} export { b as c }; export const d = () => 1, e = function () {}; export default function () {} export class F { m() {} } function g() {} if (1) { function a2() {} }',
        'esm',
      ),
    ).toEqual(['a', 'b', 'd', 'e', 'default', 'm']);
    expect(
      exported(
        'exports.a = function () {}; function b() {} module.exports = { b, c: d }; const d = () => 1; module.exports.e = e; function e() {} function f() { function b() {} } Object.defineProperty(exports, "g", { get: function () { return g; } }); function g() {}',
        'cjs',
      ),
    ).toEqual(['a', 'b', 'd', 'e', 'g']);
  });

  it('counts lines as V8 does', () => {
    expect(
      factsOf('function a() {}\r\nfunction b() {}\rfunction c() {}\n\u2028function d() {}').map(
        ({ line }) => line,
      ),
    ).toEqual([1, 2, 3, 5]);
  });

  it('stands in the probe records as people call it', () => {
    const source =
      'class A { m() {} get g() { return 1; } set g(v) {} #p() {} } function f() {} (() => 1)(); exports.x = { y() {} };';
    const { probes } = weave(source, {
      path: 'a.js',
      format: 'cjs',
      rules: [{ name: 'all', replaces: false, matches: () => true }],
    });
    expect(probes.map((probe) => probe.function)).toEqual([
      'A.m',
      'A.get g',
      'A.set g',
      'A.#p',
      'f',
      '<anonymous>',
      'y',
    ]);
  });
});

describe('rules', () => {
  const source = 'class A { m() {} n() {} }';
  const options = { path: 'a.js', format: 'cjs' } as const;

  it('weave what they match, outermost first, with what only the process can tell', () => {
    const rules = [
      { name: 'first', replaces: false, matches: ({ name }: FunctionFacts) => name === 'm' },
      { name: 'second', replaces: false, matches: () => ({ subTypeOf: ['Base'] }) },
    ];
    expect(weave(source, { ...options, rules }).probes).toEqual([
      {
        interceptors: ['first', 'second'],
        function: 'A.m',
        line: 1,
        flow: 'sync',
        when: [null, { subTypeOf: ['Base'] }],
      },
      { interceptors: ['second'], function: 'A.n', line: 1, flow: 'sync', when: [{ subTypeOf: ['Base'] }] },
    ]);
  });

  it('that match nothing are reported, and nothing is woven', () => {
    const { code, edits, report } = weave(source, {
      ...options,
      rules: [{ name: 'none', replaces: false, matches: () => false }],
    });
    expect([code, edits.edits, report.unmatched]).toEqual([source, [], ['none']]);
  });

  it('give the same list for the same source', () => {
    const once = () =>
      weave(source, { ...options, rules: [{ name: 'all', replaces: false, matches: () => true }] }).edits;
    expect(once()).toEqual(once());
    expect(once().source).toMatch(/^[\da-f]{64}$/);
  });
});

describe('what the weaver knows of many classes', () => {
  const MANY = 1000;
  const many = (one: (i: number) => string) => Array.from({ length: MANY }, (_, i) => one(i)).join('\n');

  it('follows a chain of super classes for a hundred, nearest first', () => {
    const facts = factsOf(many((i) => `class C${i} extends C${i + 1} { m() {} }`));
    expect(facts).toHaveLength(MANY);
    expect(facts[0]!.superClasses).toEqual(Array.from({ length: 100 }, (_, i) => `C${i + 1}`));
    expect(facts.at(-2)!.superClasses).toEqual([`C${MANY - 1}`, `C${MANY}`]);
  });

  it('works out once what a class is, for all of its functions and all classes of its name', () => {
    const facts = factsOf(many((i) => `(() => { class A extends B${i} { m() {} } })()`)).filter(
      ({ kind }) => kind === 'method',
    );
    expect(facts).toHaveLength(MANY);
    for (const key of ['classNames', 'superClasses', 'decorators', 'classDecorators'] as const) {
      expect(new Set(facts.map((of) => of[key])).size, key).toBe(1);
    }
    expect(facts[0]!.superClasses).toHaveLength(100);
  });

  it('ends where classes extend each other', () => {
    const [a] = factsOf('class A extends B { m() {} } class B extends C {} class C extends A {}');
    expect(a!.superClasses).toEqual(['B', 'C']);
  });
});
