import { array, assert, constant, integer, nat, property, shuffledSubarray, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { criticalPath } from './critical-path.js';
import { linkDependencies } from './links.js';
import { mergeSpans } from './merge.js';
import { spanOf } from '../random-spans.spec.helper.js';
import { groupSiblings } from './siblings.js';
import { correctClockSkew } from './skew.js';
import { summarise } from './summary.js';
import { buildTraceTree } from './tree.js';
import type { TraceTree } from './tree.js';
import { renderWaterfall } from '../waterfall.js';

const runs = { numRuns: 500 };
const spans = array(array(nat(29), { minLength: 18, maxLength: 18 }), { maxLength: 14 }).map((list) =>
  list.map((numbers) => spanOf(numbers, { ids: 6 })),
);
const idsOf = (tree: TraceTree): string[] => tree.nodes.map(({ span }) => span.id);

describe('a trace tree, whatever comes', () => {
  it('has one row for each id and every span in it once', () => {
    assert(
      property(spans, (given) => {
        const tree = buildTraceTree(given);
        expect(tree.size).toBe(new Set(given.map(({ id }) => id)).size);
        expect(mergeSpans(tree.nodes.flatMap(({ halves }) => halves))).toEqual(mergeSpans(given));
        expect(tree.nodes.flatMap(({ halves }) => halves)).toHaveLength(mergeSpans(given).length);
      }),
      runs,
    );
  });

  it('has rows whose numbers tell the same tree as its nodes', () => {
    assert(
      property(spans, (given) => {
        const { nodes, roots, rows } = buildTraceTree(given);
        for (const node of nodes) {
          expect(nodes[node.row]).toBe(node);
          expect(node.span).toBe(node.halves[0]);
          expect(rows.depth[node.row]).toBe(node.depth);
          expect(rows.parent[node.row] === -1).toBe(roots.includes(node));
          expect(roots.includes(node) ? node.parentHalf : 0).toBe(0);
          let next = node.row + 1;
          for (const child of node.children) {
            expect(child.row).toBe(next);
            expect(rows.parent[child.row]).toBe(node.row);
            expect(child.depth).toBe(node.depth + 1);
            expect(node.halves[child.parentHalf]).toBeDefined();
            next = rows.subtreeEnd[child.row]!;
          }
          expect(rows.subtreeEnd[node.row]).toBe(next);
        }
      }),
      runs,
    );
  });

  it('names each parent that is missing, and cuts a link for each ring', () => {
    assert(
      property(spans, (given) => {
        const tree = buildTraceTree(given);
        const ids = new Set(idsOf(tree));
        for (const id of tree.missingParentIds) expect(ids).not.toContain(id);
        const strays = tree.roots.filter(({ halves }) =>
          halves.some(({ parentId }) => parentId !== undefined),
        );
        const cut = strays.filter(({ halves }) => halves.some(({ parentId }) => ids.has(parentId ?? '')));
        expect(cut.map(({ span }) => span.id).toSorted()).toEqual(tree.brokenCycleIds);
      }),
      runs,
    );
  });

  it('is the same for any order of arrival, and so is all that is read from it', () => {
    const twoOrders = spans.chain((given) =>
      tuple(constant(given), shuffledSubarray(given, { minLength: given.length })),
    );
    assert(
      property(twoOrders, ([one, other]) => {
        expect(buildTraceTree(other)).toEqual(buildTraceTree(one));
        expect(linkDependencies([other])).toEqual(linkDependencies([one]));
        expect(summarise(other)).toEqual(summarise(one));
        expect(renderWaterfall(buildTraceTree(other), { width: 80 })).toBe(
          renderWaterfall(buildTraceTree(one), { width: 80 }),
        );
      }),
      runs,
    );
  });

  it('keeps every duration, parent and id when clocks are corrected, and says what moved', () => {
    assert(
      property(spans, (given) => {
        const before = buildTraceTree(given);
        const { tree, movedMicros } = correctClockSkew(before);
        const key = ({ halves }: TraceTree['nodes'][number]): string[] =>
          halves.map(({ id, kind, parentId, duration }) => JSON.stringify([id, kind, parentId, duration]));
        expect(tree.nodes.map(key).toSorted()).toEqual(before.nodes.map(key).toSorted());
        const startsOf = (
          halves: TraceTree['nodes'][number]['halves'],
          moved: boolean,
        ): (number | undefined)[] =>
          halves.map((half) => half.timestamp && half.timestamp - (moved ? (movedMicros.get(half) ?? 0) : 0));
        const old = new Map(before.nodes.map(({ span, halves }) => [span.id, startsOf(halves, false)]));
        for (const { span, halves } of tree.nodes) expect(startsOf(halves, true)).toEqual(old.get(span.id));
        expect(correctClockSkew(tree).movedMicros.size).toBe(0);
      }),
      runs,
    );
  });

  it('has a critical path from the start of its root to the end without a gap', () => {
    assert(
      property(spans, (given) => {
        const tree = buildTraceTree(given);
        const path = criticalPath(tree);
        const start = tree.rows.start[0] ?? 0;
        expect(path.every((one) => one.end > one.start)).toBe(true);
        expect(path.map((one) => one.start)).toEqual(
          [start, ...path.map(({ end }) => end)].slice(0, path.length),
        );
        const rows = new Set(path.map(({ row }) => row));
        rows.delete(0);
        expect([...rows].every((row) => row < tree.rows.subtreeEnd[0]!)).toBe(true);
        expect([...rows].map((row) => tree.nodes[row]!.span.kind)).not.toContain('CONSUMER');
        const duration = tree.rows.duration[0] ?? 0;
        const length = path.reduce((sum, one) => sum + one.end - one.start, 0);
        expect(duration > 0 ? length : 0).toBe(duration || 0);
      }),
      runs,
    );
  });

  it('has siblings that are all in a group, once', () => {
    assert(
      property(spans, integer({ min: 1, max: 4 }), (given, least) => {
        const { roots } = buildTraceTree(given);
        const grouped = groupSiblings(roots, { least }).flatMap(({ nodes }) => nodes);
        expect(grouped.toSorted((a, b) => a.row - b.row)).toEqual(roots);
      }),
      runs,
    );
  });
});
