import { describe, expect, it } from 'vitest';
import { SHAPES } from './testing/shapes.js';
import { weave } from './weave.js';
import { applyEdits } from '../wire/apply-edits.js';
import { checkEdits } from '../wire/check-edits.js';
import type { Edit, EditList, ProbeRecord } from '../wire/edit-list.js';
import { FRAGMENTS } from '../wire/fragments.js';
import type { Style } from '../wire/plan.js';

const STYLES = ['in-place', 'closure'] as const satisfies readonly Style[];

function listOf(source: string, style: Style = 'in-place'): EditList {
  const rules = [{ name: 'all', replaces: style === 'closure', matches: () => true }];
  return weave(source, { path: 'a.js', format: 'cjs', rules }).edits;
}

const GUARDED = `class Bank {
  pay(amount, to) {
    if (amount > this.limit) throw new Error('too much');
    return this.send(amount, to);
  }
  log = (line, ...rest) => [line, rest];
  *all(a) { var a; yield 1; return a; }
}`;

/** The list with edit `i` replaced. */
function withEdit(list: EditList, i: number, ...edits: Edit[]): EditList {
  return { ...list, edits: [...list.edits.slice(0, i), ...edits, ...list.edits.slice(i + 1)] };
}

function refusal(source: string, list: EditList): string {
  try {
    checkEdits(source, list);
    return 'accepted';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

/** Every list that differs in one thing. */
function* mutants(source: string, list: EditList): Generator<[what: string, EditList]> {
  const { edits, probes } = list;
  for (let i = 0; i < edits.length; i++) {
    const [offset, kind, probe, names] = edits[i]!;
    const edit = (o: number, k: string, p: number, n = names): Edit => (n ? [o, k, p, n] : [o, k, p]);
    yield [`drop ${i}`, withEdit(list, i)];
    yield [`duplicate ${i}`, withEdit(list, i, edits[i]!, edits[i]!)];
    for (const by of [-3, -2, -1, 1, 2, 3, 10])
      yield [`shift ${i} by ${by}`, withEdit(list, i, edit(offset + by, kind, probe))];
    for (const [other] of edits) yield [`move ${i} to ${other}`, withEdit(list, i, edit(other, kind, probe))];
    for (const other of FRAGMENTS.keys())
      yield [`${i} as ${other}`, withEdit(list, i, edit(offset, other, probe))];
    for (const other of [-1, 0, 1, 2, probes.length, 1.5])
      yield [`${i} for ${other}`, withEdit(list, i, edit(offset, kind, other))];
    yield [
      `${i} with another name`,
      withEdit(list, i, edit(offset, kind, probe, [...(names ?? []), [0, 5]])),
    ];
    if (names) {
      yield [`${i} without names`, withEdit(list, i, edit(offset, kind, probe, names.slice(1)))];
      yield [
        `${i} with names moved`,
        withEdit(
          list,
          i,
          edit(
            offset,
            kind,
            probe,
            names.map(([a, b]) => [a, b + 1]),
          ),
        ),
      ];
      yield [`${i} with names turned`, withEdit(list, i, edit(offset, kind, probe, names.toReversed()))];
    }
    for (let j = i + 1; j < edits.length; j++) {
      const swapped = [...edits];
      [swapped[i], swapped[j]] = [edits[j]!, edits[i]!];
      yield [`swap ${i} and ${j}`, { ...list, edits: swapped }];
    }
  }
  for (let i = 0; i < probes.length; i++) {
    const record = (more: Partial<ProbeRecord>) => ({
      ...list,
      probes: probes.with(i, { ...probes[i]!, ...more }),
    });
    yield [`probe ${i} dropped`, { ...list, probes: probes.toSpliced(i, 1) }];
    yield [`probe ${i} twice`, { ...list, probes: [...probes, probes[i]!] }];
    yield [`probe ${i} renamed`, record({ function: 'other' })];
    yield [`probe ${i} moved`, record({ line: 99 })];
    yield [`probe ${i} of another flow`, record({ flow: probes[i]!.flow === 'sync' ? 'async' : 'sync' })];
  }
  yield [
    'all at the end',
    { ...list, edits: edits.map(([, kind, probe]): Edit => [source.length, kind, probe]) },
  ];
}

describe('I42: an edit list that does something else than wrap whole bodies is refused', () => {
  it('accepts what the weaver makes', () => {
    for (const style of STYLES) {
      expect(refusal(GUARDED, listOf(GUARDED, style))).toBe('accepted');
      expect(refusal('', listOf('', style))).toBe('accepted');
    }
  });

  it('takes either style at each function, as their first insertions say, and no mixture at one', () => {
    const source = 'function f(a) { return a + 1; }\nfunction g(a) { if (!a) return 0; return f(a); }';
    const [inPlace, closure] = STYLES.map((style) => listOf(source, style).edits);
    const of = (edits: readonly Edit[] | undefined, probe: number) =>
      edits!.filter(([, , each]) => each === probe);
    const withEdits = (...edits: Edit[]) =>
      refusal(source, { ...listOf(source), edits: edits.toSorted((a, b) => a[0] - b[0]) });
    expect(withEdits(...of(inPlace, 0), ...of(closure, 1))).toBe('accepted');
    expect(withEdits(...of(closure, 0), ...of(inPlace, 1))).toBe('accepted');
    const [open, ...rest] = of(inPlace, 1);
    const [otherOpen, ...otherRest] = of(closure, 1);
    expect(withEdits(...of(inPlace, 0), open!, ...otherRest)).toBe('DT_ERR_EDITS_UNSOUND');
    expect(withEdits(...of(inPlace, 0), otherOpen!, ...rest)).toBe('DT_ERR_EDITS_UNSOUND');
    expect(withEdits(...of(inPlace, 0), open!, rest.at(-1)!)).toBe('DT_ERR_EDITS_UNSOUND');
  });

  it.each(STYLES)('refuses a list that skips a guard, %s', (style) => {
    const list = listOf(GUARDED, style);
    const [, kind, probe] = list.edits[0]!;
    const afterGuard = GUARDED.indexOf(';', GUARDED.indexOf('throw')) + 1;
    expect(refusal(GUARDED, withEdit(list, 0, [afterGuard, kind, probe]))).toBe('DT_ERR_EDITS_UNSOUND');
    // Opened and closed before the guard, the function would have returned there.
    const only: EditList = {
      ...list,
      probes: list.probes.slice(0, 1),
      edits: [list.edits[0]!, [list.edits[0]![0], style === 'closure' ? 'end' : 'inline-end', 0]],
    };
    expect(refusal(GUARDED, only)).toBe('DT_ERR_EDITS_UNSOUND');
  });

  it('refuses insertions into strings, comments and templates', () => {
    const source = 'function f(a) { const s = "{ }"; /* { } */ return `{ ${s} }`; }';
    const list = listOf(source);
    for (let offset = 0; offset <= source.length; offset++) {
      if (offset === list.edits[0]![0]) continue;
      for (const kind of ['run', 'inline']) {
        expect(refusal(source, withEdit(list, 0, [offset, kind, 0])), String(offset)).toBe(
          'DT_ERR_EDITS_UNSOUND',
        );
      }
    }
  });

  it("refuses names that are not this function's parameters", () => {
    const source = 'const secret = 1; const f = (a) => a;';
    const list = listOf(source);
    const [offset, kind, probe] = list.edits[0]!;
    expect(refusal(source, withEdit(list, 0, [offset, kind, probe, [[6, 12]]]))).toBe('DT_ERR_EDITS_UNSOUND');
    expect(refusal(source, withEdit(list, 0, [offset, kind, probe, [[18, 24]]]))).toBe(
      'DT_ERR_EDITS_UNSOUND',
    );
  });

  it.each(STYLES)(
    'refuses another list than the one made, whatever single thing differs, %s',
    { timeout: 60_000 },
    (style) => {
      const sources = [
        GUARDED,
        ...SHAPES.filter((_, i) => i % 9 === 4).map(({ source }) => source.slice(0, 900)),
      ];
      let tried = 0;
      for (const source of sources) {
        const list = listOf(source, style);
        const same = JSON.stringify(list);
        for (const [what, mutant] of mutants(source, list)) {
          if (JSON.stringify(mutant) === same) continue;
          tried += 1;
          const answer = refusal(source, mutant);
          if (answer === 'DT_ERR_EDITS_UNSOUND') continue;
          expect(answer, what).toBe('accepted');
          expect(applyEdits(source, mutant), what).toBe(applyEdits(source, list));
        }
      }
      expect(tried).toBeGreaterThan(1000);
    },
  );

  it('refuses lists for other sources, formats and weavers', () => {
    const list = listOf(GUARDED);
    expect(refusal(`\n${GUARDED}`, list)).toBe('DT_ERR_EDITS_UNSOUND');
    expect(refusal(`${GUARDED} import.meta`, list)).toBe('DT_ERR_EDITS_UNSOUND');
    expect(refusal(`${GUARDED} // __distrace`, list)).toBe('DT_ERR_EDITS_UNSOUND');
    expect(refusal(GUARDED, { ...list, weaver: 0 })).toBe('DT_ERR_EDITS_WEAVER');
    expect(refusal(GUARDED, { ...list, edits: undefined as unknown as Edit[] })).toBe('DT_ERR_EDITS_UNSOUND');
    expect(refusal(GUARDED, { ...list, edits: [null as unknown as Edit] })).toBe('DT_ERR_EDITS_UNSOUND');
  });
});
