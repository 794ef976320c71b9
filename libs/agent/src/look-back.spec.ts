import { expect, it } from 'vitest';
import { lookBack } from './look-back.js';
import { noCounts } from './weaving/load-hook.js';
import type { Counts } from './weaving/load-hook.js';

function saidOf(counts: Partial<Counts>, { isFirst = true, others = false, rules = 2 } = {}): string[] {
  const said: string[] = [];
  const look = lookBack({
    log: { info: (text) => said.push(text), warn: (error) => said.push(String(error)) },
    counts: { ...noCounts(), ...counts },
    manifest: () => ({
      rules: Array.from({ length: rules }, (_, i) => ({ name: `r${i}`, files: [], enabled: true })),
    }),
    isFirst,
    hasOthers: () => others,
  });
  look();
  look();
  return said;
}

it('a process of its own tree that has woven nothing is told of, once, with its rules', () => {
  expect(saidOf({ modules: 7 })).toEqual([
    expect.stringContaining('got none that "r0", "r1" would match among 7 modules so far'),
  ]);
  expect(saidOf({}, { rules: 0 })).toEqual([expect.stringContaining('must name an interceptor')]);
  expect(saidOf({}, { rules: 9 })[0]).toContain('"r4", … would');
});

it('nothing is said where something is woven, where others may be meant, and of children', () => {
  expect([saidOf({ woven: 1 }), saidOf({}, { others: true }), saidOf({}, { isFirst: false })]).toEqual([
    [],
    [],
    [],
  ]);
});

it('files that differ from the pack are counted, everywhere', () => {
  expect(saidOf({ changed: 2, woven: 1 }, { isFirst: false })).toEqual(['2 files differ from the pack']);
});
