import { describe, expect, it } from 'vitest';
import { hex, SMALL, span, treeOf } from './sample.spec.helper.js';
import { lineAt, visibleLines } from './visible-rows.js';

const tree = treeOf(...SMALL);
const none = new Set<string>();

describe('visibleLines', () => {
  it('shows all rows in their order', () => {
    expect(visibleLines(tree, { collapsed: none })).toEqual([
      { row: 0, depth: 0 },
      { row: 1, depth: 1 },
      { row: 2, depth: 2 },
      { row: 3, depth: 1 },
    ]);
  });

  it('leaves out what is below a collapsed span', () => {
    const lines = visibleLines(tree, { collapsed: new Set([hex(2)]) });
    expect(lines.map(({ row }) => row)).toEqual([0, 1, 3]);
  });

  it('leaves out what is not kept, with all below it', () => {
    const lines = visibleLines(tree, { collapsed: none, keep: Uint8Array.of(1, 0, 0, 1) });
    expect(lines.map(({ row }) => row)).toEqual([0, 3]);
  });

  const repeated = treeOf(
    span(1, undefined, { took: 1000 }),
    ...[2, 3, 4].map((id) => span(id, 1, { at: id * 10, name: 'load' })),
    span(5, 3, { at: 32, name: 'query' }),
    span(6, 1, { at: 35, name: 'other' }),
  );

  it('shows three siblings that did the same as one line, where the first of them stands', () => {
    const lines = visibleLines(repeated, { collapsed: none, grouped: true });
    expect(
      lines.map(({ row, depth, group }) => [repeated.nodes[row]!.span.name, depth, group?.nodes.length]),
    ).toEqual([
      ['s1', 0, undefined],
      ['load', 1, 3],
      ['other', 1, undefined],
    ]);
  });

  it('shows the members of an opened group below it, with what is below them', () => {
    const key = visibleLines(repeated, { collapsed: none, grouped: true })[1]!.groupKey!;
    const lines = visibleLines(repeated, { collapsed: none, grouped: true, openGroups: new Set([key]) });
    expect(lines.map(({ row, depth }) => [repeated.nodes[row]!.span.name, depth])).toEqual([
      ['s1', 0],
      ['load', 1],
      ['load', 2],
      ['load', 2],
      ['query', 3],
      ['load', 2],
      ['other', 1],
    ]);
  });

  it('groups what is kept only', () => {
    const keep = new Uint8Array(repeated.size).fill(1);
    keep[1] = 0;
    const lines = visibleLines(repeated, { collapsed: none, grouped: true, keep });
    expect(lines.every(({ group }) => group === undefined)).toBe(true);
  });

  it('takes a chain of 50,000 spans', () => {
    const chain = treeOf(...Array.from({ length: 50_000 }, (_, i) => span(i + 1, i === 0 ? undefined : i)));
    for (const grouped of [false, true]) {
      expect(visibleLines(chain, { collapsed: none, grouped })).toHaveLength(50_000);
    }
  });

  it('finds the line in which a row is folded away', () => {
    const grouped = visibleLines(repeated, { collapsed: none, grouped: true });
    const rowOf = (id: number) => repeated.nodes.findIndex((node) => node.span.id === hex(id));
    // A member of the folded group, and what is below a member.
    expect([2, 4, 5].map((id) => lineAt(repeated, grouped, rowOf(id)))).toEqual([1, 1, 1]);
    expect(lineAt(repeated, grouped, rowOf(6))).toBe(2);
    const open = visibleLines(repeated, {
      collapsed: none,
      grouped: true,
      openGroups: new Set([grouped[1]!.groupKey!]),
    });
    expect(open[lineAt(repeated, open, rowOf(4))]).toMatchObject({ row: rowOf(4), depth: 2 });
    const plain = visibleLines(tree, { collapsed: new Set([hex(2)]) });
    expect(lineAt(tree, plain, 2)).toBe(1);
    expect(lineAt(tree, visibleLines(tree, { collapsed: none, keep: Uint8Array.of(0, 0, 0, 0) }), 2)).toBe(
      -1,
    );
  });
});
