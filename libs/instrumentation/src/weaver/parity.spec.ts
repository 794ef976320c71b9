import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { checkEdits } from '../wire/check-edits.js';
import { unweave } from '../wire/apply-edits.js';
import { callsDuring, runCommonJs, WAYS, weaveAll } from './testing/run-forms.js';
import { SHAPES } from './testing/shapes.js';

type Run = () => unknown;

describe('woven functions behave as before', () => {
  it.each(SHAPES)('I5: $title', async ({ source, refused }) => {
    const plain = await (runCommonJs(source)['run'] as Run)();
    for (const [style, state] of WAYS) {
      const { code, woven } = weaveAll(source, state, { style });
      expect(woven.report.refused).toHaveLength(refused ?? 0);
      expect(woven.probes.length).toBeGreaterThan(0);
      expect(unweave(code)).toBe(source);
      expect(() => checkEdits(source, woven.edits)).not.toThrow();
      const { value, calls } = await callsDuring(() => (runCommonJs(code)['run'] as Run)());
      expect(value, `${style}, ${state}`).toEqual(plain);
      expect(calls.includes('run'), `${style}, ${state}`).toBe(state === 'on');
    }
  });
});

describe('I6: what a woven function returns', () => {
  const SOURCE = `
    exports.f = (x) => x;
    exports.g = function (x) { return x; };
    exports.h = function (x) { var x = x || 0; return x; };
    exports.a = async (x) => x;`;

  class Own<T> extends Promise<T> {}
  const values: [string, unknown][] = [
    ['a promise', Promise.resolve(1)],
    ['a subclass of Promise', Own.resolve(1)],
    ['a thenable', runCommonJs('exports.one = { then(resolve) { resolve(1); } };')['one']],
    ['an Observable', of(1)],
    ['a frozen object', Object.freeze({})],
  ];

  it.each(values)('is the very object: %s', (_, value) => {
    for (const [style, state] of WAYS) {
      const { f, g, h } = runCommonJs(weaveAll(SOURCE, state, { style }).code) as Record<
        string,
        (x: unknown) => unknown
      >;
      expect([f!(value) === value, g!(value) === value, h!(value) === value], state).toEqual([
        true,
        true,
        true,
      ]);
    }
  });

  it('is a promise of its own for async functions, as before', async () => {
    const { a } = runCommonJs(weaveAll(SOURCE, 'on').code) as Record<string, (x: unknown) => unknown>;
    const given = Own.resolve(1);
    const promise = a!(given) as Promise<unknown>;
    expect([promise === given, promise.constructor]).toEqual([false, Promise]);
    expect(await promise).toBe(1);
  });
});
