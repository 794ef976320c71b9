/** A piece of CommonJS whose `exports.run` gives what can be observed of its functions. */
export interface Shape {
  readonly title: string;
  readonly source: string;
  /** Marked functions that the weaver leaves as they are. Default 0. */
  readonly refused?: number;
}

const shape = (title: string, source: string, refused = 0): Shape => ({ title, source, refused });
/** Names, lengths and what of a source text does not depend on the body. */
const LOOK = String.raw`
const look = (f) => [f.name, f.length, f instanceof Function, f.constructor.name, 'prototype' in f,
  /^[^{=]*/.exec(Function.prototype.toString.call(f))[0]];
const desc = (o, k) => { const d = Object.getOwnPropertyDescriptor(o, k);
  return d && [typeof d.value, typeof d.get, typeof d.set, d.enumerable, d.writable, d.configurable]; };
const caught = (f) => { try { return ['gave', f()]; } catch (e) { return [e.constructor.name, e.message]; } };
`;
const look = (title: string, source: string, refused = 0): Shape => shape(title, `${LOOK}${source}`, refused);

/** Every shape of function, and what tends to break when a body is moved. */
export const SHAPES: readonly Shape[] = [
  look(
    'a function: name, length, parameters, this',
    String.raw`
    function f(a, b = 2, ...c) { return [this === undefined || this === globalThis, a, b, c]; }
    exports.run = () => [look(f), f(1), f.call({}, 1, 2, 3), desc(f, 'name'), desc(f, 'length')];`,
  ),
  look(
    'default, rest and destructured parameters',
    String.raw`
    function f({ a, b: [c = 3] = [] } = {}, d = a, ...[e, g]) { a = a ?? 'none'; return [a, c, d, e, g]; }
    exports.run = () => [look(f), f(), f({ a: 1, b: [2] }), f({ a: 1 }, 2, 3, 4), caught(() => f(null))];`,
  ),
  look(
    'parameters that other parameters close over',
    String.raw`
    function f(a, get = () => a, set = (x) => { a = x; }) { a = 'body'; const one = get(); set('closure'); return [one, a]; }
    exports.run = () => [f('x'), f()];`,
  ),
  look(
    'strict arguments: length, values, no aliasing',
    String.raw`
    function f(a) { 'use strict'; a = 'changed'; return [arguments.length, [...arguments], caught(() => arguments.callee)]; }
    exports.run = () => [f(), f(1), f(1, 2)];`,
  ),
  look(
    'sloppy arguments alias parameters',
    String.raw`
    function f(a, b) { a = 'changed'; arguments[1] = 'through'; return [arguments.length, [...arguments], a, b, arguments.callee === f]; }
    exports.run = () => [f(), f(1), f(1, 2), f(1, 2, 3)];`,
  ),
  look(
    'arguments handed on by arrows inside',
    String.raw`
    function f() { return (() => [...arguments].map((x) => x * arguments.length))(); }
    exports.run = () => [f(1, 2, 3)];`,
  ),
  look(
    'a var that shares a parameter',
    String.raw`
    function f(opts) { var opts = opts || { made: true }; return opts; }
    function g(x) { for (var x = x || 0; x < 3; x++); return x; }
    exports.run = () => [f(), f({ a: 1 }), g(), g(7), look(f)];`,
  ),
  look(
    'a var called arguments',
    String.raw`
    function f() { var arguments = arguments || 'none'; return typeof arguments === 'object' && arguments.length; }
    exports.run = () => [f(), f(1, 2)];`,
  ),
  look(
    'a function of the body named like a parameter',
    String.raw`
    function f(a) { 'use strict'; const before = typeof a; function a() { return 'inner'; } return [before, a(), typeof arguments[0]]; }
    const g = (a) => { function a() { return 'inner'; } return a(); };
    class A { m(a) { function a() {} return [typeof a, typeof arguments[0]]; } }
    function h(a, b = () => a) { function a() {} return [typeof a, typeof b(), typeof arguments[0]]; }
    exports.run = () => [f(1), f(), g(1), new A().m(1), h(1)];`,
  ),
  look(
    'a function of the body named like a parameter, where `arguments` is the parameters',
    String.raw`
    function f(a) { function a() {} return typeof arguments[0]; }
    function* g(a) { function a() {} yield typeof arguments[0]; }
    async function h(b, a) { function a() {} a = 5; return arguments[1]; }
    exports.run = async () => [f(1), f(), [...g(1)], await h(1, 2)];`,
    3,
  ),
  look(
    'a labelled function of the body that shares a name with a var or a parameter',
    String.raw`
    function* f() { l: function q() {} var q; yield typeof q; }
    function g(q) { var q; l: m: function q() {} return typeof q; }
    function h(a) { var a; l: function b() {} for (var b of []); return typeof b; }
    function k(a) { var a; l: function b() {} m: function b() { return 2; } return b(); }
    function* m(a) { l: function b() { return a; } { o: function c() {} } yield b(); }
    exports.run = () => [[...f()], g(1), h(1), k(1), [...m(3)]];`,
    4,
  ),
  look(
    'functions in a `with`',
    String.raw`
    const all = new Proxy({}, { has: (_, key) => typeof key === 'string' && key.startsWith('__'), get: () => undefined });
    let made;
    with (all) { made = [function () { return 1; }, (a) => a, class { m() { return function () { return 2; }; } }]; }
    with ((() => ({ x: 3 }))()) made.push(x);
    exports.run = () => [made[0](), made[1](4), new made[2]().m()(), made[3]];`,
    4,
  ),
  look(
    'a function in a block named like a parameter',
    String.raw`
    function f(a) { { function a() {} } return typeof a; }
    exports.run = () => [f(1), f()];`,
  ),
  look(
    'a var that shares a destructured or default parameter',
    String.raw`
    function f({ a }, b = () => a) { var a = a + 1; return [a, b()]; }
    exports.run = () => [f({ a: 1 })];`,
  ),
  look(
    'an arrow with a var that shares a parameter',
    String.raw`
    const f = (a) => { var a = a || 'none'; return a; };
    const g = async (a) => { var a = a || 'none'; return a; };
    exports.run = async () => [f(), f(1), await g(), await g(1)];`,
  ),
  look(
    'two functions of one name beside a shared parameter stay as they are',
    String.raw`
    function f(a) { var a = a || 1; function g() { return 1; } function g() { return 2; } return [a, g()]; }
    exports.run = () => [f(), f(5)];`,
    1,
  ),
  look(
    'a block that overwrites a function, beside a shared parameter, stays as it is',
    String.raw`
    function f(a) { var a = a || 1; function g() { return 1; } { function g() { return 2; } } return [a, g()]; }
    exports.run = () => [f(), f(5)];`,
    1,
  ),
  look(
    'a parameter called arguments stays as it is',
    String.raw`
    function f(arguments) { return arguments; }
    exports.run = () => [f(4)];`,
    1,
  ),
  look(
    'functions hoisted in the body',
    String.raw`
    function f() { return g() + h(); function g() { return 1; } function g() { return 2; } var h = () => 3; }
    function k() { const one = g(); return one; function g() { return 'hoisted'; } }
    exports.run = () => [caught(f), k()];`,
  ),
  look(
    'eval in the body',
    String.raw`
    function f(a) { eval('var b = a + 1; var a = 9'); return [a, b, eval('arguments.length')]; }
    function g(a) { 'use strict'; return eval('var z = a; z'); }
    exports.run = () => [f(1), g(2)];`,
  ),
  look(
    'eval beside functions of the body stays as it is',
    String.raw`
    function f(a) { function g() { return 1; } return eval('g() + a'); }
    exports.run = () => [f(1)];`,
    1,
  ),
  look(
    'an indirect eval is a call as any other',
    String.raw`
    function f(a) { return [(0, eval)('typeof a'), a]; }
    exports.run = () => [f(1)];`,
  ),
  look(
    'methods, static ones and accessors: descriptors and names',
    String.raw`
    class A {
      m(a, b) { return [this.x, a, b]; } static s(a) { return [this === A, a]; }
      get g() { return this.x; } set g(v) { this.x = v; }
      static get sg() { return 'static'; } ['comp' + 'uted'](a) { return a; } 'quoted name'() { return 1; } 42() { return 42; }
      [Symbol.iterator]() { return [1, 2][Symbol.iterator](); }
    }
    exports.run = () => { const a = new A(); a.g = 5; return [a.m(1, 2), A.s(3), a.g, A.sg, a.computed(6), a['quoted name'](), a[42](), [...a],
      desc(A.prototype, 'm'), desc(A.prototype, 'g'), desc(A, 's'), look(a.m), look(A.s), Object.getOwnPropertyNames(A.prototype),
      look(Object.getOwnPropertyDescriptor(A.prototype, 'g').get), look(Object.getOwnPropertyDescriptor(A.prototype, 'g').set),
      caught(() => new a.m())]; };`,
  ),
  look(
    'private methods, accessors and fields',
    String.raw`
    class A { #x = 1; #m(a) { return this.#x + a; } get #g() { return this.#x; } set #g(v) { this.#x = v; } static #s() { return 's'; }
      run() { this.#g = 10; return [this.#m(1), this.#g, A.#s(), #m in this]; } static other(o) { return o.#m(1); } }
    exports.run = () => [new A().run(), caught(() => A.other({})).at(0)];`,
  ),
  look(
    'constructors: fields, new.target, returned objects',
    String.raw`
    class A { y = this.constructor.name; constructor(a, ...b) { this.a = a; this.b = b; this.t = new.target.name; } }
    class B { constructor() { return { other: true }; } }
    class C { constructor() { return 5; } }
    exports.run = () => { const a = new A(1, 2, 3); return [a, a instanceof A, new B(), new C() instanceof C, caught(() => A()), look(A).slice(0, 5),
      Reflect.construct(A, [9], C).t]; };`,
  ),
  look(
    'derived constructors: super, this before it, returns',
    String.raw`
    class Base { constructor(x) { this.x = x; } who() { return 'base ' + this.x; } }
    class A extends Base { z = 1; constructor(a, b) { const early = (() => { try { return this; } catch (e) { return e.constructor.name; } })(); super(a + b); this.early = early; this.t = new.target.name; } who() { return 'derived ' + super.who(); } }
    class Never extends Base { constructor() {} }
    class Other extends Base { constructor() { return { other: true }; } }
    class Bad extends Base { constructor() { super(1); return 5; } }
    class Late extends Base { constructor(f) { const call = () => super(7); f ? call() : call(); } }
    class Nothing extends null { constructor() { return Object.create(Nothing.prototype); } }
    exports.run = () => [new A(1, 2), new A(1, 2).who(), new A(1, 2) instanceof Base, caught(() => new Never()), new Other(), caught(() => new Bad()), new Late(true).x, new Nothing() instanceof Nothing];`,
  ),
  look(
    'a derived constructor whose body shares a parameter stays as it is',
    String.raw`
    class Base { constructor(x) { this.x = x; } }
    class A extends Base { constructor(a) { var a = a || 'none'; super(a); } }
    exports.run = () => [new A().x, new A(1).x];`,
    1,
  ),
  look(
    'super in methods, object methods, accessors and static methods',
    String.raw`
    class Base { m() { return 'base m'; } get g() { return 'base g'; } static s() { return 'base s'; } set v(x) { this.got = x; } async am() { return 'base am'; } }
    class A extends Base { m() { return super.m() + '!'; } get g() { return (() => super.g)() + '!'; } static s() { return super.s() + '!'; } set v(x) { super.v = x; this.own = 1; } async am() { return (await super.am()) + '!'; } }
    const o = { __proto__: { m() { return 'proto'; } }, m() { return super.m() + '!'; } };
    exports.run = async () => { const a = new A(); a.v = 3; return [a.m(), a.g, A.s(), a.got, a.own, await a.am(), o.m()]; };`,
  ),
  look(
    'functions as constructors: new.target, prototype, returned objects',
    String.raw`
    function F(a) { if (!new.target) return new F(a); this.a = a; }
    F.prototype.get = function () { return this.a; };
    function G() { return [1]; }
    exports.run = () => [F(1).a, new F(2).get(), new F(1) instanceof F, new G(), F.prototype.constructor === F, desc(F, 'prototype')];`,
  ),
  look(
    'async functions and methods: values, errors, the promise itself',
    String.raw`
    async function f(a) { await null; return a; }
    async function g() { throw new TypeError('no'); }
    class A { async m(a, b) { await 0; return [this.x, a, b, arguments.length]; } x = 1; static async s() { return 's'; } }
    exports.run = async () => [await f(1), await g().catch((e) => [e.constructor.name, e.message]), await new A().m(1), await A.s(), look(f), f().constructor === Promise, Object.getPrototypeOf(f) === Object.getPrototypeOf(g), f.constructor.name];`,
  ),
  look(
    'async arrows, with and without braces',
    String.raw`
    class A { x = 1; m = async (a) => { await 0; return [this.x, a]; }; n = async (a, ...b) => [this.x, a, await b]; }
    const f = async ({ a }) => a, g = async () => { throw new RangeError('no'); };
    exports.run = async () => [await new A().m(1), await new A().n(1, 2, 3), await f({ a: 2 }), await g().catch((e) => e.message), look(f), await f().catch((e) => e.constructor.name)];`,
  ),
  look(
    'generators: values in and out, return, throw, delegation',
    String.raw`
    function* f(a) { try { const b = yield a; const c = yield b * 2; return b + c; } finally { yield 'cleanup'; } }
    function* g() { const r = yield* f(1); return [r]; }
    class A { *m() { yield this.x; yield* super.toString().slice(0, 2); } x = 1; static *[Symbol.iterator]() { yield arguments.length; } }
    exports.run = () => { const i = f(1), j = f(1), k = f(1), l = g(); return [i.next(), i.next(2), i.next(3), i.next(), i.next(),
      j.next(), j.return('early'), j.next(), k.next(), caught(() => k.throw(new Error('in'))), caught(() => k.next()), [...l], [...new A().m()], [...A],
      look(f), f.prototype instanceof Object, caught(() => new f()), Object.prototype.toString.call(f()), f.constructor.name]; };`,
  ),
  look(
    'a generator does nothing before its first value is asked for',
    String.raw`
    const log = []; function* f(a = log.push('parameters')) { log.push('body'); yield 1; }
    exports.run = () => { const i = f(); log.push('made'); i.next(); return log; };`,
  ),
  look(
    'async generators',
    String.raw`
    async function* f(a) { try { for (let i = 0; i < a; i++) { const got = yield i; if (got) return got; } return 'end'; } finally { await null; } }
    exports.run = async () => { const all = []; for await (const x of f(3)) all.push(x); const i = f(9); await i.next();
      const j = f(9); await j.next(); return [all, await i.next('stop'), await j.throw(new Error('in')).catch((e) => e.message), await f(1).return(4), look(f)]; };`,
  ),
  look(
    'what a generator or shared-parameter function returns keeps its name',
    String.raw`
    function* f() { return () => {}; }
    function g(a) { var a; return function () {}; }
    function h(a) { var a; return class {}; }
    function k(a) { var a; return a, 5; }
    function l(a) { var a; return (a) }
    exports.run = () => [f().next().value.name, g().name, h().name, k(), l(6)];`,
  ),
  look(
    'concise arrows: objects, sequences, nests, class and function values',
    String.raw`
    const a = (x) => ({ x }), b = (x, y) => (x, y), c = (x) => (y) => (z) => x + y + z, d = () => () => {}, e = () => class {}, f = x => x /* after */ , g = (x) =>
      x + 1; const h = (x) => ( /* ( */ x /* ) */ ), i = (x) => // c
      [x]; const j = (x) => x ? (y) => y : 'no', k = (x = (y) => y) => x(3), l = x => y => ({ x, y });
    exports.run = () => [a(1), b(1, 2), c(1)(2)(3), d().name, e().name, f(1), g(1), h(1), i(1), j(0), j(1)(2), k(), l(1)(2), look(a), look(l)];
    function run() { try { return e()(); } catch { return ''; } }`.replaceAll(
      "e()().name === ''",
      'e().name',
    ),
  ),
  look(
    'arrows: lexical this, arguments and new.target',
    String.raw`
    function F() { this.x = 1; const f = () => [this.x, arguments.length, new.target === F]; const g = () => { return [this.x, arguments[0], new.target === F]; }; return [f(), g()]; }
    exports.run = () => [new F(7), caught(() => new (() => {})()).at(0)];`,
  ),
  look(
    'class fields: arrows, functions, static blocks',
    String.raw`
    class A { x = 1; f = (a, b = 2) => { return [this.x, a, b]; }; g = function (a) { return [this.x, a, arguments.length]; }; static h = (...a) => a; static { this.made = (() => { return 'block'; })(); } static #p = () => 4; static p() { return A.#p(); } }
    exports.run = () => { const a = new A(); return [a.f(1), a.g(1, 2), A.h(1, 2), A.made, A.p(), a.f.name, A.h.name, look(a.f), look(a.g)]; };`,
  ),
  look(
    'object literals: methods, accessors, computed names',
    String.raw`
    const k = 'dyn'; const o = { m(a) { return [this === o, a]; }, get g() { return 1; }, set g(v) { this.v = v; }, [k]() { return k; }, f: function () { return this === o; }, a: (x) => x, async am() { return 1; }, *gm() { yield 1; }, async *ag() { yield 1; } };
    exports.run = async () => { o.g = 2; const all = []; for await (const x of o.ag()) all.push(x); return [o.m(1), o.g, o.v, o.dyn(), o.f(), o.a(1), await o.am(), [...o.gm()], all, look(o.m), look(o.f), look(o.a), desc(o, 'g')]; };`,
  ),
  look(
    "callbacks are the caller's own",
    String.raw`
    const given = []; function each(list, cb) { given.push(cb); return list.map(cb); }
    const cb = (x) => x * 2;
    exports.run = () => [each([1, 2], cb), given.every((x) => x === cb)];`,
  ),
  look(
    'what is returned is the very object: subclasses of Promise, thenables, others',
    String.raw`
    class Own extends Promise {} const own = Own.resolve(1), thenable = { then(f) { f(2); } }, plain = Promise.resolve(3), o = {};
    function f(x) { return x; } const g = (x) => x;
    exports.run = () => [own, thenable, plain, o].flatMap((x) => [f(x) === x, g(x) === x]);`,
  ),
  look(
    'directives, with and without semicolons',
    String.raw`
    function a() { 'use strict'; return this; }
    function b() { 'use strict'
      return this }
    function c() { 'one'; "use strict" /* c */ ; return this }
    function d() { 'use strict' }
    function e() { ('use strict'); return typeof this }
    function f() { 'not' + ' a directive'; return typeof this }
    function g() { "use strict"
      ;[1].length; return this }
    exports.run = () => [a(), b(), c(), d(), e(), f(), g()];`,
  ),
  look(
    'comments and line ends at odd places',
    [
      "function a() { // } it's a comment",
      '  return 1 // last',
      '}',
      'function b() {/**/}',
      'function c() { return `}${((x) => { return x })(1)}{` }',
      'function d() { return /[}/*]/.source }',
      'const e = (x /* => */) => /* => */ x // => {',
      'function f() { return 1 } /* } */ function g() { return 2 }',
      'const h = () => { /* empty */ }, i = () => {',
      '// only a comment',
      '}',
      'exports.run = () => [a(), b(), c(), d(), e(3), f(), g(), h(), i()];',
    ].join('\n'),
  ),
  look(
    'carriage returns and other line ends',
    [
      'function a() {',
      '  // one',
      '  return new Error("x").stack.split("\\n")[1].replace(/.*shape/, "")',
      '}',
      'const b = () => { /*\u2028*/ return 1 }',
      'exports.run = () => [typeof a(), b()]',
    ].join('\r\n'),
  ),
  look(
    'statements that end without a semicolon',
    String.raw`
    function a() { const x = 1
      ;(() => {})()
      return x }
    function b() { return (
      1) }
    function c() { do ; while (false) return 4 }
    function d(x) { if (x) return
      else return 5 }
    const e = (x) => x
    ;[1].forEach((x) => x)
    const f = (x) => { return x }
    let n = 1
    const g = (x) => x
    ++n
    exports.run = () => [a(), b(), c(), d(0), d(1), e(1), f(1), n, g(8)]`,
  ),
  look(
    'lines that begin with what could go on with the line before',
    String.raw`
    let n = 0, log = [];
    function a(x) { if (x) return
      (log.push('a')); return 'a' }
    function b() { return
      -1 }
    function c() { try { return
      [n].length } finally { log.push('c') } }
    function d(f) { return (y) => { return y }
      (f) }
    function e(x) { return x++
      [x] }
    function f(x) { if (x) return; else return 'f' }
    function g(x) { try { if (x) return
      else return 'g' } finally { log.push('g') } }
    function* h() { return yield
      (n) }
    const i = () => n++
    [1, 2].forEach((x) => log.push(x));
    const j = (a) => (b) => { return a + b }
    (function () { log.push('j') })()
    const k = async (a) => a--
    ['k'].forEach((x) => log.push(x));
    const l = (a) => (
      a
    ).toString()
    const m = (a) => (b) => (a, b++)
    const o = h();
    exports.run = () => [a(1), a(0), b(), c(), d()(4), e(1), f(1), f(0), g(1), g(0), o.next(), o.next(2), i(), i(), j(1)(2), typeof k(3), l(5), m(1)(6), log];`,
  ),
  look(
    'arrow functions without braces that call eval',
    String.raw`
    const a = (x) => (eval('var x'), x);
    const b = () => (eval('var x = 1'), typeof x);
    exports.run = () => [a(7), b(), typeof x];`,
    1,
  ),
  look(
    'labels and jumps',
    String.raw`
    function a() { outer: for (let i = 0; i < 3; i++) { for (;;) { if (i === 1) break outer; continue outer; } } return 'done'; }
    function b(x) { var x; l: { break l; } for (const y of [1, 2]) { try { return y; } finally { if (!x) continue; } } return 'fell through'; }
    exports.run = () => [a(), b(0), b(1)];`,
  ),
  look(
    'html-like comments of sloppy scripts',
    ['function a() { <!-- a comment }', 'return 1', '--> another }', '}', 'exports.run = () => [a()];'].join(
      '\n',
    ),
  ),
  look(
    'functions that read their own text',
    String.raw`
    class A { m(first, second) { return 1; } }
    const params = (f) => /\(([^)]*)\)/.exec(Function.prototype.toString.call(f))[1];
    function dep(service, other) { return 1; } const arrow = (x, { y }) => x;
    exports.run = () => [params(new A().m), params(dep), params(arrow), /^class A/.test(String(A))];`,
  ),
  look(
    'with, and names found through it',
    String.raw`
    function f(o) { with (o) { return ((x) => { return x + y; })(1); } }
    exports.run = () => [f({ y: 2 })];`,
    1,
  ),
  look(
    'errors from everywhere pass as they are',
    String.raw`
    const err = new Error('own'); class Thrown extends Error {}
    function f() { throw err; } const g = () => { throw new Thrown('x'); }, h = () => f(); class A { constructor() { throw err; } get g() { throw null; } }
    exports.run = () => [f, g, h, () => new A(), () => A.prototype.g].map((x) => { try { x(); } catch (e) { return [e === err, e instanceof Thrown, e === null]; } });`,
  ),
  look(
    'recursion, and functions that call each other',
    String.raw`
    function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); } const even = (n) => n === 0 || odd(n - 1), odd = (n) => n !== 0 && even(n - 1);
    const named = function own(n) { return n ? own(n - 1) : own === named; };
    exports.run = () => [fib(12), even(10), odd(10), named(3), named.name];`,
  ),
  look(
    'getters on prototypes called with other receivers',
    String.raw`
    class A { get self() { return this; } m() { 'use strict'; return this; } }
    exports.run = () => [Reflect.get(A.prototype, 'self', 5), A.prototype.m.call(5), A.prototype.m.call(undefined), [1].map(A.prototype.m, 'x')[0]];`,
  ),
  look(
    'what is returned, by each operator and each falsy value',
    String.raw`
    const o = { a: 0, b: { c: () => null } }; let w;
    const all = [
      function (x) { return x; }, function (x) { return x || 'or'; }, function (x) { return x && 'and'; }, function (x) { return x ?? 'nullish'; },
      function (x) { return x || o.a || x && 'mixed' || ''; }, function (x) { return x ? o.a : x || NaN; }, function (x) { return x ? (1, 2) : ((3)); },
      function (x) { return x === 0; }, function (x) { return x == null ? -0 : x === '' ? void 0 : x; }, function (x) { return w = x; }, function (x) { return w += 1; },
      function (x) { return (x, o); }, function (x) { return x | 1; }, function (x) { return x + 1 < 2; }, function (x) { return 'a' in o; }, function (x) { return x instanceof Object; },
      function (x) { return !x; }, function (x) { return typeof x; }, function (x) { return -x; }, function (x) { return w++; }, function (x) { return o?.b?.c(); }, function (x) { return [x, ...[1]]; },
      function (x) { return { x, ...[2] }; }, function (x) { return class {}; }, function (x) { return function () {}; }, function (x) { return () => x; }, function (x) { return async () => {}; },
      function (x) { return /r/g.flags; }, function (x) { return new Array(2); }, function (x) { return new Array; }, function (x) { return String.raw${'`'}t${'$'}{x}${'`'}; }, function (x) { return delete o.zz; },
      function (x) { return (x || (() => 'arrow')) }, function (x) { return ((x) ? ((1)) : (2)) /* a ) */ }, function (x) { return x // (
      }, function (x) { return ( // )
        x || 5
      ) }, function (x) { return x ** 2 }, function (x) { return;  }, function (x) { return
        x; }, function (x) { return 1n }, function (x) { return void x }, function (x) { return Symbol.iterator }, function (x) { return (x && 1) || (x || 2) && 3 },
    ];
    exports.run = () => { w = 0; return all.map((f) => [0, 1, '', 'text', null, undefined, NaN, false, true, []].map((x) => { const got = f(x);
      return got === o ? 'o' : typeof got === 'function' ? ['function', got.name, got.length] : Object.is(got, -0) ? 'minus zero' : typeof got === 'bigint' || typeof got === 'symbol' ? String(got) : got; })); };`,
  ),
  look(
    'a private name in an object, returned',
    String.raw`
    class A { #x; static has(o) { return #x in o; } static or(o) { return #x in o || 'none'; } get() { return this.#x ||= 5; } }
    exports.run = () => [A.has(new A()), A.has({}), A.or({}), new A().get()];`,
  ),
  look(
    'returns that a finally overrules',
    String.raw`
    function a() { try { return 1; } finally { return 2; } }
    function b() { try { return 1; } finally { return; } }
    function c() { l: try { return 1; } finally { break l; } }
    function d() { for (const x of [1, 2]) { try { return x; } finally { continue; } } return 'end'; }
    function e() { try { return 1; } finally { throw new Error('finally'); } }
    function f() { try { throw new Error('lost'); } finally { return 3; } }
    function g(log) { try { return log.push('value'); } finally { log.push('finally'); } }
    function h() { try { return k(); } catch (x) { return x.message; } function k() { throw new Error('caught'); } }
    exports.run = () => { const log = []; return [a(), b(), c(), d(), caught(e), f(), g(log), log, h()]; };`,
  ),
  look(
    'what runs after a return: iterators that are closed',
    String.raw`
    function* values(log) { try { yield 1; yield 2; } finally { log.push('closed'); } }
    function first(log) { for (const x of values(log)) { return log.push('returning ' + x), x; } }
    function inSwitch(x) { switch (x) { case 1: { return 'one'; } default: return; } }
    function throws() { for (const x of { [Symbol.iterator]() { return { next: () => ({ value: 1 }), return() { throw new Error('closing'); } }; } }) return x; }
    exports.run = () => { const log = []; return [first(log), log, inSwitch(1), inSwitch(2), caught(throws)]; };`,
  ),
  look(
    'functions in sloppy blocks, names before their declaration',
    String.raw`
    function a() { const before = typeof g; { function g() { return 'inner'; } } return [before, typeof g, g()]; }
    function b() { if (true) { function h() { return 1; } } return h(); }
    function c() { return caught(() => x); let x = 1; }
    function d() { const r = caught(() => new K()); class K {} return [r[0], new K() instanceof K]; }
    function e() { return [typeof v, w()]; var v = 1; function w() { return 'hoisted'; } }
    function f() { g = 'changed'; return typeof g; function g() {} }
    function k(a) { let b = a; const c = () => b; b = 2; { let b = 3; } return c(); }
    function l() { var arguments_ = arguments; return (() => arguments_ === arguments)(); }
    exports.run = () => [a(), b(), c(), d(), e(), f(), k(1), l()];`,
  ),
  look(
    'a return from within a `with`',
    String.raw`
    const seen = []; const all = new Proxy({ y: 2 }, { has: (t, key) => { seen.push(String(key)); return key in t; } });
    function f() { with (all) { return y; } }
    exports.run = () => [f(), seen];`,
  ),
  look(
    'setters, getters and constructors that end early',
    String.raw`
    class A { #v = 0; set v(x) { if (x < 0) return; this.#v = x; } get v() { if (!this.#v) return; return this.#v; } constructor(x) { if (x === 'early') return; if (x === 'other') return { other: x }; this.x = x; } }
    exports.run = () => { const a = new A(1); const before = a.v; a.v = -1; a.v = 3; return [before, a.v, a.x, new A('early') instanceof A, new A('other'), new A('early').x]; };`,
  ),
  look(
    'functions within functions, each woven',
    String.raw`
    function outer(a) { const inner = (b) => { const deep = function (c) { return a + b + c; }; return deep(3) || 0; }; return inner(2) ? inner(2) : (() => { return -1; })(); }
    const tree = (n) => { return n === 0 ? [] : [tree(n - 1), (() => { return n; })()]; };
    exports.run = () => [outer(1), outer(-5), tree(3), [3, 1, 2].sort((a, b) => { return a - b; })];`,
  ),
  look(
    'code compiled to ES5',
    String.raw`
    var Base = (function () { function Base(x) { this.x = x; } Base.prototype.m = function () { return this.x; }; Object.defineProperty(Base.prototype, 'g', { get: function () { return this.x; }, enumerable: false, configurable: true }); Base.make = function (x) { return new this(x); }; return Base; }());
    var A = (function (_super) { Object.setPrototypeOf(A, _super); A.prototype = Object.create(_super.prototype); function A() { return _super !== null && _super.apply(this, arguments) || this; } A.prototype.m = function () { return _super.prototype.m.call(this) + 1; }; return A; }(Base));
    exports.run = () => [new A(1).m(), new A(2).g, Base.make(3).x, new A(1) instanceof Base];`,
  ),
  look(
    'an awaiter and a generator as tsc writes them',
    String.raw`
    var __awaiter = function (thisArg, _arguments, P, generator) { function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); } return new (P || (P = Promise))(function (resolve, reject) { function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } } function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } } function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); } step((generator = generator.apply(thisArg, _arguments || [])).next()); }); };
    class A { m(a) { return __awaiter(this, arguments, void 0, function* (a, b = 2) { const c = yield Promise.resolve(a); return [c, b, this.x]; }); } }
    exports.run = async () => [await new A().m.call({ x: 1 }, 5), await new A().m(5, 6)];`,
  ),
];
