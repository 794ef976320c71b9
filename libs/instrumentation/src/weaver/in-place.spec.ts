import { describe, expect, it } from 'vitest';
import { callsDuring, runCommonJs, WAYS, weaveAll } from './testing/run-forms.js';

type Run = (...args: unknown[]) => unknown;
const STATES = ['off', 'on'] as const;

/** How deep each function gets before the stack is full. */
const RECURSIONS = `
  let depth;
  const until = (fn) => { depth = 0; try { fn(); } catch {} return depth; };
  const down = () => void (depth += 1);
  function sum(n) { down(); return n + sum(n + 1); }
  function even(n) { down(); const next = odd(n + 1); return !next; }
  function odd(n) { down(); const next = even(n + 1); return !next; }
  class Visitor {
    visit(node) {
      down();
      const { left, right } = node;
      const a = this.visit(left, node), b = this.visit(right, node);
      return Math.max(a, b) + 1;
    }
    get deeper() { down(); const { deeper } = this; return [deeper]; }
    constructor(n) { if (n === undefined) return; down(); this.below = new Visitor(n + 1); }
  }
  const walk = (list) => { down(); let total = 0; for (const each of list) total += walk(each, total) + 1; return total; };
  const node = {}; node.left = node.right = node;
  const list = []; list.push(list);
  exports.run = () => ({
    sum: until(() => sum(0)), mutual: until(() => even(0)), visitor: until(() => new Visitor().visit(node)),
    getter: until(() => new Visitor().deeper), constructed: until(() => new Visitor(0)), walk: until(() => walk(list)) });`;

describe('I5: recursion in functions whose bodies stay in place', () => {
  const depths = (code: string) => {
    const run = runCommonJs(code)['run'] as () => Record<string, number>;
    run();
    return run();
  };

  it.each(STATES)('gets at least half as deep as unwoven, probes %s', { timeout: 30_000 }, (state) => {
    const plain = depths(RECURSIONS);
    // `down` is the test's own: counted, not measured.
    const woven = depths(weaveAll(RECURSIONS, state).code);
    for (const [name, depth] of Object.entries(plain)) {
      expect(depth, name).toBeGreaterThan(1000);
      expect(woven[name]! / depth, name).toBeGreaterThan(0.5);
    }
  });

  it(
    'ends on a full stack as it does unwoven, however often, and all values and errors come through',
    { timeout: 30_000 },
    () => {
      const source = `
      let calls = 0, ends = 0;
      function leaf(n) { calls += 1; ends += 1; return n; }
      function guarded(n) { try { return guarded(n + 1); } catch (error) { return error instanceof RangeError ? leaf(n) : 'other'; } }
      function thrower(n) { if (n === 0) throw new TypeError('own'); return thrower(n - 1); }
      exports.run = () => { const got = []; for (let i = 0; i < 20; i++) got.push(typeof guarded(0));
        let error; try { thrower(500); } catch (e) { error = e; } return [got, calls === ends, error.constructor.name]; };`;
      const plain = (runCommonJs(source)['run'] as Run)();
      for (const [style, state] of WAYS) {
        const run = runCommonJs(weaveAll(source, state, { style }).code)['run'] as Run;
        expect(run(), `${style}, ${state}`).toEqual(plain);
      }
    },
  );
});

describe('I5: who looks at the stack from a woven function', () => {
  /** As `callsites` and `pino.transport` do. Every function has its body on lines of its own, and braces. */
  const INSPECTORS = `
function callsites() {
  const before = Error.prepareStackTrace;
  Error.prepareStackTrace = (_, sites) => {
    return sites;
  };
  const { stack } = new Error();
  Error.prepareStackTrace = before;
  return stack.map((site) => {
    return [site.getFunctionName(), site.getFileName(), site.getLineNumber(), site.getColumnNumber()].join();
  });
}
function one(fn) {
  const got = fn();
  return got;
}
class Two {
  constructor(fn) {
    this.made = one(fn);
  }
  run(fn) {
    return one(fn);
  }
  get sites() {
    return this.run(callsites);
  }
}
function captured() {
  const holder = {};
  Error.captureStackTrace(holder, captured);
  return holder.stack;
}
function nearest() {
  return callsites()[1];
}
exports.inspect = () => {
  return [
    new Two(callsites).made,
    new Two(one.bind(null, nearest)).sites,
    new Two(nearest).run(captured),
    [1].map(() => {
      return nearest();
    })[0],
  ];
};`;
  const inspect = (code: string) => {
    const before = Error.stackTraceLimit;
    Error.stackTraceLimit = 5;
    try {
      return (runCommonJs(code)['inspect'] as Run)();
    } finally {
      Error.stackTraceLimit = before;
    }
  };
  /** Without the test's own frames. */
  const ofApp = (value: unknown) =>
    [value].flat(3).map((each) =>
      String(each)
        .split('\n')
        .filter((line) => !line.includes('.spec.ts')),
    );

  it.each(STATES)(
    'I7: meets the frames, lines and columns of the application and no other, probes %s',
    (state) => {
      const { code, woven } = weaveAll(INSPECTORS, state);
      expect(woven.probes).toHaveLength(11);
      expect(ofApp(inspect(code))).toEqual(ofApp(inspect(INSPECTORS)));
      expect(JSON.stringify(inspect(code))).not.toMatch(/create-runtime|in-place\.ts|around/);
    },
  );
});

describe('I7: the columns of what a body in place returns', () => {
  const SOURCE = `
function at() {
  return new Error('at').stack.split('\\n').slice(1, 3).join();
}
function direct(fn) {
  return fn();
}
function either(a, fn) {
  if (a) return 'no';
  return fn() + fn();
}
function guarded(fn) {
  try {
    return fn(1).concat(fn(2));
  } finally { fn(3); }
}
class A {
  get got() {
    return this.method(at, 1).slice();
  }
  method(fn) {
    return [fn(), ...direct(fn)].join();
  }
}
exports.run = () => {
  return [direct(at), either(0, at), guarded(at), new A().got];
};
function loose(fn) {
  return fn() === fn() || fn();
}
exports.loose = () => {
  const got = loose(at);
  return got;
};`;

  it.each(STATES)('are those of the source, but for loose operators, probes %s', (state) => {
    const [plain, woven] = [SOURCE, weaveAll(SOURCE, state).code].map((code) => runCommonJs(code));
    expect((woven!['run'] as Run)()).toEqual((plain!['run'] as Run)());
    const lines = (value: unknown) => String(value).replaceAll(/shape\.js:(\d+):\d+/g, '$1');
    expect(lines((woven!['loose'] as Run)())).toBe(lines((plain!['loose'] as Run)()));
  });
});

describe('advice around a body in place', () => {
  it.each(WAYS)('is told what the function really returned or threw, %s, probes %s', async (style, state) => {
    const source = `
      function overruled() { try { return 1; } finally { return 2; } }
      function emptied() { try { return 1; } finally { return; } }
      function left() { l: try { return 1; } finally { break l; } }
      function thrown() { try { return 1; } finally { throw 'thrown'; } }
      function saved() { try { throw 'lost'; } finally { return 3; } }
      function falsy(x) { return x || x; }
      function none() { if (none.length) return 5; }
      function bare() { for (;;) return; }
      const open = Object.assign([1].values(), { return: Symbol.prototype.valueOf });
      function unclosed() { try { for (const x of open) return x; } catch { } return; }
      class Made { constructor(x) { if (x) return x; } }
      const all = { overruled, emptied, left, thrown, saved, falsy, none, bare, unclosed };
      exports.run = function run() {
        for (const each in all) { try { all[each](0); } catch {} }
        new Made({ other: true });
      };`;
    const { ends } = await callsDuring(() =>
      (runCommonJs(weaveAll(source, state, { style }).code)['run'] as Run)(),
    );
    const expected = {
      overruled: 2,
      emptied: undefined,
      left: undefined,
      thrown: 'thrown',
      saved: 3,
      falsy: 0,
      none: undefined,
      bare: undefined,
      unclosed: undefined,
      'Made.constructor': { other: true },
      run: undefined,
    };
    expect(ends).toEqual(state === 'on' ? Object.entries(expected) : []);
  });

  it.each(WAYS)('is told of no value where none was returned, %s, probes %s', async (style, state) => {
    const source = `
      function looped(list) { for (const each of list) if (each) return; return 1; }
      function tried() { try { if (tried.length === 0) return; } catch {} return 1; }
      function* ended(x) { if (x) return; yield 1; }
      exports.run = function run() {
        looped([1]); looped([0]); tried(); [...ended(1)];
        for (const each of ended(0)) break;
        const first = ended(0); first.next(); first.return(9);
      };`;
    const { ends } = await callsDuring(() =>
      (runCommonJs(weaveAll(source, state, { style }).code)['run'] as Run)(),
    );
    const expected = [
      ['looped', undefined],
      ['looped', 1],
      ['tried', undefined],
      ['ended', undefined],
      ['ended', undefined],
      // What it is ended with from outside is not seen.
      ['ended', undefined],
      ['run', undefined],
    ];
    expect(ends).toEqual(state === 'on' ? expected : []);
  });
});
