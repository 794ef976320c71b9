import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits, unweave } from '../wire/apply-edits.js';
import type { Edit } from '../wire/edit-list.js';
import { parseSource } from '../wire/parse.js';
import { editsOf, mergeEdits, planSite } from '../wire/plan.js';
import { findSites } from '../wire/sites.js';
import { essenceOf } from './essence.js';

const SOURCE = `
class A extends B {
  #secret = 1;
  constructor(a = () => { return 0; }) { super(a); this.a = a; }
  get x() { return this.#secret; }
  set x(v) { if (v) { return; } this.#secret = v; }
  static async load(path, done = function () { return 1; }) { await (async () => { await path; })(); return done; }
  *all() { yield* [1, 2].map((n) => { return n * 2; }); }
}
function outer(a, b = (c) => { return c; }, ...rest) {
  function inner() { return arguments.length; }
  label: for (const each of rest) { if (each) continue label; else return function () { return each; }; }
  return inner() + a + b(1);
}
const concise = (a, b) => a + ((c) => { return c; })(b), late = (x = () => { return 1; }) => { return x; };
`;
const SITES = findSites(parseSource(SOURCE, 'esm'));

function wovenAt(chosen: readonly boolean[], style: 'closure' | 'in-place'): Edit[] {
  const sites = SITES.filter((_, i) => chosen[i]);
  return mergeEdits(
    sites.flatMap((site, probe) => {
      const plan = planSite(site, style);
      return 'refused' in plan ? [] : [[site, editsOf(site, plan, probe)] as const];
    }),
  );
}

const choices = fc.record({
  chosen: fc.array(fc.boolean(), { minLength: SITES.length, maxLength: SITES.length }),
  style: fc.constantFrom('closure', 'in-place'),
});

describe('the essence of a woven text', () => {
  it('can be parsed, has all insertions, and without them is no more than the source', () => {
    fc.assert(
      fc.property(choices, ({ chosen, style }) => {
        const edits = wovenAt(chosen, style);
        const essence = essenceOf(SOURCE, SITES, edits);
        expect(() => parseSource(essence, 'esm')).not.toThrow();
        const inserted = (text: string) => text.match(/__distrace/g)?.length ?? 0;
        expect(inserted(essence)).toBe(inserted(applyEdits(SOURCE, { edits })));
        expect(unweave(essence).length).toBeLessThanOrEqual(SOURCE.length);
      }),
    );
  });

  it('cannot be parsed when the whole cannot, because an insertion is missing', () => {
    fc.assert(
      fc.property(choices, fc.nat(), ({ chosen, style }, at) => {
        const edits = wovenAt(chosen, style);
        fc.pre(edits.length > 0);
        const broken = edits.toSpliced(at % edits.length, 1);
        const parses = (text: string) => {
          try {
            return Boolean(parseSource(text, 'esm'));
          } catch {
            return false;
          }
        };
        expect(parses(essenceOf(SOURCE, SITES, broken))).toBe(parses(applyEdits(SOURCE, { edits: broken })));
      }),
    );
  });

  it('leaves of a file with one woven function little but that', () => {
    const only = SITES.findIndex(({ fn }) => fn.type === 'FunctionDeclaration' && fn.id?.name === 'inner');
    const essence = essenceOf(
      SOURCE,
      SITES,
      wovenAt(
        SITES.map((_, i) => i === only),
        'in-place',
      ),
    );
    expect(essence).toContain('function inner() {;let __distrace_c=');
    expect(essence).toContain('get x() {}');
    expect(essence).toContain('constructor(a = () => { return 0; }) {}');
  });
});
