import { describe, expect, it, vi } from 'vitest';
import type { Edit } from '../wire/edit-list.js';
import type * as Plan from '../wire/plan.js';
import { weave } from './weave.js';

/** Leaves out what closes a function: a form that does not fit. */
vi.mock('../wire/plan.js', async (original) => {
  const plan = await original<typeof Plan>();
  return {
    ...plan,
    mergeEdits: (...given: Parameters<typeof plan.mergeEdits>): Edit[] =>
      plan.mergeEdits(...given).slice(0, -1),
  };
});

describe('I5: a woven text that no longer parses', () => {
  it('is given up: the file stays as it is, and the report says why', () => {
    const source = 'function f() { return 1; }';
    const { code, edits, probes, report } = weave(source, {
      path: 'a.js',
      format: 'cjs',
      rules: [{ name: 'all', replaces: false, matches: () => true }],
    });
    expect([code, edits.edits, probes]).toEqual([source, [], []]);
    expect(report.refused).toEqual([
      { code: 'failed', reason: expect.stringContaining('the woven text cannot be parsed') as string },
    ]);
    expect(report.unmatched).toEqual(['all']);
  });
});
