import { describe, expect, it } from 'vitest';
import { applyEdits, unweave } from './apply-edits.js';
import type { Edit } from './edit-list.js';
import { FRAGMENTS, renderFragment } from './fragments.js';

const apply = (source: string, ...edits: Edit[]) => applyEdits(source, { edits }, 7);

describe('applyEdits', () => {
  it('inserts texts of the table with process-wide numbers and the names of the source', () => {
    expect(
      apply(
        '(ab, c) => d',
        [
          11,
          'concise-rest',
          2,
          [
            [1, 3],
            [5, 6],
          ],
        ],
        [12, 'concise-end', 2],
      ),
    ).toBe(
      '(ab, c) => (__distrace.live[9]===void 0?__distrace.offArrow:__distrace.arrow)(9,[ab,...c],()=>(d)/*__distrace 9 concise*/)',
    );
  });

  it.each<[string, Edit]>([
    ['an unknown kind', [0, 'process.exit()', 0]],
    ['an offset behind the end', [4, 'run', 0]],
    ['a negative offset', [-1, 'run', 0]],
    ['half an offset', [0.5, 'run', 0]],
    ['a probe that is no number', [0, 'run', '0' as unknown as number]],
    ['names without room for them', [0, 'run', 0, [[0, 1]]]],
    ['a rest parameter without a name', [0, 'arrow-rest', 0]],
  ])('refuses %s', (_, edit) => {
    expect(() => apply('abc', edit)).toThrow(expect.objectContaining({ code: 'DT_ERR_EDITS_MALFORMED' }));
  });

  it('refuses insertions that go back', () => {
    expect(() => apply('abc', [2, 'run', 0], [1, 'end', 0])).toThrow(/from 2 to 3, got the offset 1/);
  });
});

describe('the table of fragments', () => {
  const texts = [...FRAGMENTS].map(([kind, fragment]) => ({
    kind,
    text: renderFragment(fragment, 12, ['a', 'b']),
  }));

  it.each(texts)('$kind stands on one line and holds the name that no source may hold', ({ text }) => {
    expect(text).not.toMatch(/[\n\r\u2028\u2029]/);
    expect(text).toContain('__distrace');
  });

  it('has no text that another one starts with', () => {
    for (const { kind, text } of texts) {
      const others = texts.filter((other) => other.kind !== kind && other.text.startsWith(text));
      expect(others, kind).toEqual([]);
    }
  });

  it.each(texts)('$kind is found again between any characters', ({ text }) => {
    for (const around of ['', ')', '))', '}', ';', '/', ' ', ',', '0', 'a', '`', '\n']) {
      expect(unweave(`${around}${text}${around}${text}${text}${around}`)).toBe(around.repeat(3));
    }
  });
});
