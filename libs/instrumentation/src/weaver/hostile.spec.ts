import { describe, expect, it } from 'vitest';
import { checkEdits } from '../wire/check-edits.js';
import { unweave } from '../wire/apply-edits.js';
import { weave } from './weave.js';

const ALL = { name: 'all', replaces: false, matches: () => true };
const weaveText = (source: string, replaces = false) =>
  weave(source, { path: 'a.js', format: 'cjs', rules: [{ ...ALL, replaces }] });
const DEPTH = 10_000;

describe('a source that means harm, or that nobody expected', () => {
  it.each<[string, string]>([
    ['brackets', '('.repeat(DEPTH) + '1' + ')'.repeat(DEPTH)],
    ['functions', 'function f(){'.repeat(DEPTH) + '}'.repeat(DEPTH)],
    ['arrows', 'x=>'.repeat(DEPTH) + '1'],
    ['blocks', '{'.repeat(DEPTH) + '}'.repeat(DEPTH)],
    ['templates', '`${'.repeat(DEPTH) + '1' + '}`'.repeat(DEPTH)],
    ['calls', 'f' + '()'.repeat(DEPTH)],
    ['sums', '1' + '+1'.repeat(DEPTH)],
    ['members with a function each', 'a' + '.then(function () { return 1 })'.repeat(DEPTH)],
    ['conditions', 'x=1?'.repeat(DEPTH) + '1' + ':1'.repeat(DEPTH)],
    ['returned conditions', `function f() { return ${'1?'.repeat(DEPTH)}1${':1'.repeat(DEPTH)} }`],
    ['returned ors', `function f() { return 1${'||1'.repeat(DEPTH)} }`],
    ['patterns', 'function f(' + '['.repeat(DEPTH) + 'a' + ']'.repeat(DEPTH) + '){}'],
    ['broken brackets', '('.repeat(DEPTH)],
  ])('ends with a report: deep %s', (_, source) => {
    for (const replaces of [false, true]) {
      const { code, edits, report } = weaveText(source, replaces);
      const [refusal] = report.refused;
      expect([undefined, 'too-deep', 'syntax', 'no-form']).toContain(refusal?.code);
      expect(refusal === undefined ? unweave(code) : code).toBe(source);
      expect(refusal === undefined && checkEdits(source, edits)).toBe(refusal === undefined && undefined);
    }
  });

  it('ends with a report for 5 MB of functions', { timeout: 240_000 }, () => {
    const one = 'exports.f = function (a, b) { return a + b; };\n';
    const { probes, report, code } = weaveText(one.repeat(Math.ceil(5e6 / one.length)));
    expect(report.refused).toEqual([]);
    expect(probes.length).toBeGreaterThan(100_000);
    expect(unweave(code).length).toBeGreaterThan(5e6 - 1);
  });

  it('is not caught by what only looks like code, or like its own insertions', () => {
    const source = [
      'const r = /function f() { return (a+)+$ } [/*]/, d = 4 / 2 / 1, s = "function g() { }", t = `x => ${(y) => y} }`;',
      'const u = a\n/b/g.exec(c).map(d); // function h() {',
      'function i() { return /}/.test("}") /* } */ }',
      String.raw`var \u0061bc = (\u{64}e, éñ) => \u{64}e + éñ;`,
      'const j = /((((((((((a*)*)*)*)*)*)*)*)*)*)*$/; const k = async => async; const get = (set) => ({ get, set });',
    ].join('\n');
    const { code, probes, edits } = weaveText(`var a, b, g, c, d2;\n${source}`);
    expect(probes.map(({ function: name }) => name)).toEqual(['<anonymous>', 'i', 'abc', 'k', 'get']);
    expect(unweave(code)).toBe(`var a, b, g, c, d2;\n${source}`);
    expect(code).toContain(String.raw`[\u{64}e,éñ]`);
    checkEdits(`var a, b, g, c, d2;\n${source}`, edits);
  });

  it.each(['', ' ', ';', '\n', '// only this', '#!/only/this', '\uFEFF', '0', '"use strict"'])(
    'is woven: %j',
    (source) => {
      const { code, report } = weaveText(source);
      expect([code, report.refused]).toEqual([source, []]);
    },
  );

  it('is refused where it holds the name of the runtime, whatever it says of it', () => {
    for (const source of ['__distrace.run()', '// __distrace', 'const a__distraceb = 1']) {
      expect(weaveText(source).report.refused).toEqual([
        { code: 'name-taken', reason: expect.any(String) as string },
      ]);
    }
  });

  it('keeps asm.js modules as they are, which V8 compiles ahead or warns about', () => {
    const source =
      'function m() { "use asm"; function f() { return 1 | 0; } return { f: f }; }\nfunction g() {}';
    const { code, report } = weaveText(source);
    expect(report.refused.map(({ function: name, code: why }) => [name, why])).toEqual([
      ['m', 'no-form'],
      ['f', 'no-form'],
    ]);
    expect(code.slice(0, source.indexOf('\n'))).toBe(source.slice(0, source.indexOf('\n')));
  });

  it('is refused where it cannot be parsed, and the report says where', () => {
    const { code, report } = weaveText('const a = ;\n');
    expect(code).toBe('const a = ;\n');
    expect(report.refused).toEqual([{ code: 'syntax', reason: expect.stringContaining('(1:10)') as string }]);
    expect(report.unmatched).toEqual(['all']);
  });

  it('is refused where a rule throws, and the report names the rule', () => {
    const bad = {
      name: 'bad',
      replaces: false,
      matches: () => {
        throw new Error('no');
      },
    };
    const { report, code } = weave('function f() {}', { path: 'a.js', format: 'cjs', rules: [ALL, bad] });
    expect(code).toBe('function f() {}');
    expect(report.refused).toEqual([
      { code: 'rule-failed', reason: 'the matcher of "bad" threw: Error: no' },
    ]);
  });
});
