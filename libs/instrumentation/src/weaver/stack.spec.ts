import { describe, expect, it } from 'vitest';
import { runCommonJs, WAYS, weaveAll } from './testing/run-forms.js';

const BODIES_ON_OWN_LINES = `
class Base {}
class A extends Base {
  constructor(fail) {
    super();
    if (fail) throw new RangeError('constructed');
  }
  method(a) {
    const b = a + 1; throw new TypeError('method ' + b);
  }
  get getter() { // a comment
    'use strict';
    return null.property;
  }
  async asynchronous() {
    await null;
      throw new Error('asynchronous');
  }
  *generator() {
    yield 1; throw new Error('generator');
  }
  field = (a) => {
    return a.b.c;
  };
  concise = (a) =>
    a.b.c;
}
function shared(opts) {
  var opts = opts || {};
  throw new Error('shared');
}
const a = new A();
exports.run = {
  constructed: () => new A(true),
  method: () => a.method(1),
  getter: () => a.getter,
  asynchronous: () => a.asynchronous(),
  generator: () => [...a.generator()],
  field: () => a.field({}),
  shared: () => shared(),
};
exports.lineOnly = { concise: () => a.concise({}) };
`;

/** Class, message and place of what a function throws. */
async function thrownBy(fn: () => unknown): Promise<{ error: string; line: string; column: string }> {
  try {
    await fn();
  } catch (error) {
    const { name, message, stack = '' } = error as Error;
    const [, line = '', column = ''] = /shape\.js:(\d+):(\d+)/.exec(stack) ?? [];
    return { error: `${name}: ${message}`, line, column };
  }
  throw new Error('nothing was thrown');
}

type Throwers = Record<string, () => unknown>;

describe('I7: an error thrown in a woven function', () => {
  const plain = runCommonJs(BODIES_ON_OWN_LINES);

  it.each(WAYS)('has its class, message, line and column, %s, probes %s', async (style, state) => {
    const woven = runCommonJs(weaveAll(BODIES_ON_OWN_LINES, state, { style }).code);
    for (const [name, fn] of Object.entries(woven['run'] as Throwers)) {
      const before = await thrownBy((plain['run'] as Throwers)[name]!);
      expect(before.line, name).not.toBe('');
      expect(await thrownBy(fn), name).toEqual(before);
    }
  });

  it.each(WAYS)(
    'has its line where the body stands beside its brace, %s, probes %s',
    async (style, state) => {
      const oneLiner = 'exports.run = { f: () => { throw new Error("x"); } };\nexports.g = 1;';
      const woven = runCommonJs(weaveAll(oneLiner, state, { style }).code)['run'] as Throwers;
      expect(await thrownBy(woven['f']!)).toMatchObject({ error: 'Error: x', line: '1' });
      const concise = runCommonJs(weaveAll(BODIES_ON_OWN_LINES, state, { style }).code)[
        'lineOnly'
      ] as Throwers;
      const before = await thrownBy((plain['lineOnly'] as Throwers)['concise']!);
      expect(await thrownBy(concise['concise']!)).toMatchObject({ error: before.error, line: before.line });
    },
  );

  it('never moves a line', () => {
    const { code } = weaveAll(BODIES_ON_OWN_LINES, 'on');
    expect(code.split('\n')).toHaveLength(BODIES_ON_OWN_LINES.split('\n').length);
  });
});
