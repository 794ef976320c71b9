import type { TraceModel } from './trace-model.js';

/** Something about a trace that its reader must know. */
export interface Notice {
  readonly kind: 'incomplete' | 'open' | 'cycle' | 'cut' | 'timeless' | 'moved' | 'early';
  readonly text: string;
  /** Span ids that it speaks of, and that can be gone to. */
  readonly spanIds: readonly string[];
  /** Parents that are named and not there. */
  readonly missingIds: readonly string[];
}

/** What must be said, the gravest first. */
export function noticesOf(model: TraceModel, { totalSpans }: { readonly totalSpans: number }): Notice[] {
  const { tree, orphans, openCount, facts, movedMicros, early } = model;
  const notices: Notice[] = [];
  const idOf = (row: number): string => tree.nodes[row]!.span.id;
  const missing = tree.missingParentIds;
  if (missing.length > 0) {
    const strays = [...orphans].filter((row) =>
      tree.nodes[row]!.halves.some(({ parentId }) => parentId !== undefined && missing.includes(parentId)),
    );
    notices.push({
      kind: 'incomplete',
      text: `This trace is incomplete: ${count(missing.length, 'parent has', 'parents have')} not arrived, and ${count(strays.length, 'span', 'spans')} below ${missing.length === 1 ? 'it' : 'them'} ${strays.length === 1 ? 'stands' : 'stand'} alone.`,
      spanIds: strays.map(idOf),
      missingIds: missing,
    });
  }
  if (tree.brokenCycleIds.length > 0) {
    notices.push({
      kind: 'cycle',
      text: `${count(tree.brokenCycleIds.length, 'span names', 'spans name')} a parent that is below ${tree.brokenCycleIds.length === 1 ? 'it' : 'them'}; that link was cut.`,
      spanIds: tree.brokenCycleIds,
      missingIds: [],
    });
  }
  if (openCount > 0) {
    const open = tree.nodes.filter(({ row }) => facts[row]!.open);
    notices.push({
      kind: 'open',
      text: `${count(openCount, 'span has', 'spans have')} started and not ended: still open, or the end was lost.`,
      spanIds: open.slice(0, 50).map(({ span }) => span.id),
      missingIds: [],
    });
  }
  if (tree.size > 0 && tree.start === 0 && tree.end === 0) {
    notices.push({
      kind: 'timeless',
      text: 'No span of this trace has a time.',
      spanIds: [],
      missingIds: [],
    });
  }
  if (totalSpans > tree.size) {
    notices.push({
      kind: 'cut',
      text: `This trace has ${totalSpans.toLocaleString('en')} spans. Shown are the ${tree.size.toLocaleString('en')} nearest the root: search, errors and services count only these. Downloads have all.`,
      spanIds: [],
      missingIds: [],
    });
  }
  if (early.length > 0) {
    notices.push({
      kind: 'early',
      text: `${count(early.length, 'span starts before its sender', 'spans start before their sender')}: the clocks of two hosts disagree. Times between them are not what they seem.`,
      spanIds: early.slice(0, 50).map(idOf),
      missingIds: [],
    });
  }
  if (movedMicros.size > 0) {
    notices.push({
      kind: 'moved',
      text: `Clocks were made to agree: ${count(movedMicros.size, 'span was', 'spans were')} moved.`,
      spanIds: [...new Set([...movedMicros.keys()].map(({ id }) => id))].slice(0, 50),
      missingIds: [],
    });
  }
  return notices;
}

function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}
