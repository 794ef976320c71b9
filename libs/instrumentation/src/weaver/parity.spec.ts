import { describe, expect, it } from 'vitest';
import { checkEdits } from '../wire/check-edits.js';
import { unweave } from '../wire/apply-edits.js';
import { callsDuring, runCommonJs, weaveAll } from './testing/run-forms.js';
import { SHAPES } from './testing/shapes.js';

type Run = () => unknown;

describe('I5: woven functions behave as before', () => {
  it.each(SHAPES)('$title', async ({ source, refused }) => {
    const plain = await (runCommonJs(source)['run'] as Run)();
    for (const state of ['off', 'on'] as const) {
      const { code, woven } = weaveAll(source, state);
      expect(woven.report.refused).toHaveLength(refused ?? 0);
      expect(woven.probes.length).toBeGreaterThan(0);
      expect(unweave(code)).toBe(source);
      expect(() => checkEdits(source, woven.edits)).not.toThrow();
      const { value, calls } = await callsDuring(() => (runCommonJs(code)['run'] as Run)());
      expect(value, state).toEqual(plain);
      if (state === 'on') expect(calls).toContain('run');
      else expect(calls).toEqual([]);
    }
  });
});
