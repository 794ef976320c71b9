import { applyEdits } from '../wire/apply-edits.js';
import type { Edit } from '../wire/edit-list.js';
import type { Site } from '../wire/sites.js';

/** A stretch of a source. */
type Range = readonly [start: number, end: number];

/**
 * The woven text with all bodies left empty in which nothing is inserted: as the source can be parsed, it can be
 * parsed if and only if the whole can, and of a file with one woven function little is left.
 */
export function essenceOf(source: string, sites: readonly Site[], edits: readonly Edit[]): string {
  const cuts = emptiedBodies(sites, edits);
  if (cuts.length === 0) return applyEdits(source, { edits });
  const moved = movedBy(cuts);
  const shifted = edits.map(([offset, kind, probe, names]): Edit =>
    names === undefined
      ? [moved(offset), kind, probe]
      : [moved(offset), kind, probe, names.map(([start, end]) => [moved(start), moved(end)])],
  );
  return applyEdits(without(source, cuts), { edits: shifted });
}

/** Between the braces of functions that nothing is inserted into, the outermost of them. */
function emptiedBodies(sites: readonly Site[], edits: readonly Edit[]): Range[] {
  const cuts: Range[] = [];
  let from = 0;
  let next = 0;
  for (const { fn } of sites) {
    if (fn.start < from || fn.body.type !== 'BlockStatement') continue;
    while (next < edits.length && edits[next]![0] < fn.start) next += 1;
    if (next < edits.length && edits[next]![0] <= fn.end) continue;
    cuts.push([fn.body.start + 1, fn.body.end - 1]);
    from = fn.end;
  }
  return cuts;
}

/** Where an offset of the source, which lies in no cut, is once the cuts are gone. */
function movedBy(cuts: readonly Range[]): (offset: number) => number {
  const goneAfter: number[] = [];
  let gone = 0;
  for (const [start, end] of cuts) goneAfter.push((gone += end - start));
  return (offset) => {
    let low = 0;
    let high = cuts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (cuts[middle]![1] <= offset) low = middle + 1;
      else high = middle;
    }
    return offset - (goneAfter[low - 1] ?? 0);
  };
}

function without(source: string, cuts: readonly Range[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const [start, end] of cuts) {
    parts.push(source.slice(from, start));
    from = end;
  }
  parts.push(source.slice(from));
  return parts.join('');
}
