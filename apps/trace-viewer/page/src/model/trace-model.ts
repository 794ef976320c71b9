import { correctClockSkew } from '@distrace/zipkin';
import type { Span, TraceNode, TraceTree } from '@distrace/zipkin';
import { earlyReceivers } from './early-receivers.js';
import { NO_SERVICE, pageFactsOf, recordersOf } from './row-services.js';
import type { PageFacts } from './row-services.js';
import type { TimeRange } from './zoom.js';

/** A service of a trace and how many spans it recorded; a half counts for its own, as in the list. */
export interface ServiceCount {
  readonly name: string;
  readonly spans: number;
}

/** A trace as the page draws it: the tree and, by row, what its columns show. */
export interface TraceModel {
  readonly tree: TraceTree;
  /** By how many microseconds the spans in the tree were moved; empty when clocks are shown as they were. */
  readonly movedMicros: ReadonlyMap<Span, number>;
  /** How many spans the correction of clocks moves, whether or not it is on. */
  readonly movable: number;
  readonly rowOfId: ReadonlyMap<string, number>;
  readonly facts: readonly PageFacts[];
  /** By row, the services that recorded its halves; {@link NO_SERVICE} alone when none is named. */
  readonly recorders: readonly (readonly string[])[];
  /** Earliest start and latest end of a row's halves, epoch microseconds; NaN without a start. An open row ends at
   * its last sign of life, which {@link RowFacts.open} tells from an end. */
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** How many rows before this one have failed; one longer than the rows, so that `failed[b] - failed[a]` counts. */
  readonly failedBefore: Int32Array;
  /** Services by number of spans, most first. */
  readonly services: readonly ServiceCount[];
  /** Rows whose parent is named and not there. */
  readonly orphans: ReadonlySet<number>;
  readonly openCount: number;
  /** Rows that start before their sender and that the correction of clocks does not move. */
  readonly early: readonly number[];
}

/** Options of {@link buildModel}. */
export interface ModelOptions {
  /** Whether the clocks of different hosts are made to agree first. Default false. */
  readonly skew?: boolean;
  /** The time of the whole trace, where the tree is only a part of it. */
  readonly range?: TimeRange;
}

/** Reads a tree for drawing. */
export function buildModel(raw: TraceTree, { skew = false, range }: ModelOptions = {}): TraceModel {
  const corrected = correctClockSkew(raw);
  const { movedMicros } = skew ? corrected : { movedMicros: new Map<Span, number>() };
  const tree = within(skew ? corrected.tree : raw, range);
  const { nodes, size } = tree;
  const facts: PageFacts[] = [];
  const recorders: string[][] = [];
  const start = new Float64Array(size).fill(NaN);
  const end = new Float64Array(size).fill(NaN);
  const failedBefore = new Int32Array(size + 1);
  const counts = new Map<string, number>();
  const rowOfId = new Map<string, number>();
  let openCount = 0;
  for (const node of nodes) {
    const { row } = node;
    const fact = pageFactsOf(node);
    facts.push(fact);
    rowOfId.set(node.span.id, row);
    setTimes(node, start, end);
    failedBefore[row + 1] = failedBefore[row]! + (fact.error === 'critical' ? 1 : 0);
    if (fact.open) openCount++;
    const services = recordersOf(node);
    if (services.length === 0) services.push(NO_SERVICE);
    recorders.push(services);
    for (const service of services) counts.set(service, (counts.get(service) ?? 0) + 1);
  }
  const orphans = new Set(
    tree.roots
      .filter(({ halves }) => halves.some((half) => half.parentId !== undefined))
      .map(({ row }) => row),
  );
  return {
    tree,
    movedMicros,
    movable: corrected.movedMicros.size,
    rowOfId,
    facts,
    recorders,
    start,
    end,
    failedBefore,
    services: [...counts]
      .map(([name, spans]) => ({ name, spans }))
      .toSorted((a, b) => b.spans - a.spans || (a.name < b.name ? -1 : 1)),
    orphans,
    openCount,
    early: earlyReceivers(corrected.tree).map((id) => rowOfId.get(id)!),
  };
}

/** The tree in the time of the whole trace. */
function within(tree: TraceTree, range: TimeRange | undefined): TraceTree {
  if (!range || range.to === 0) return tree;
  return { ...tree, start: Math.min(tree.start, range.from), end: Math.max(tree.end, range.to) };
}

/** How many rows below this one have failed. */
export function failedBelow({ failedBefore, tree }: TraceModel, row: number): number {
  return failedBefore[tree.rows.subtreeEnd[row]!]! - failedBefore[row + 1]!;
}

/** How many rows are below this one, at any depth. */
export function rowsBelow({ tree }: TraceModel, row: number): number {
  return tree.rows.subtreeEnd[row]! - row - 1;
}

/** The rows above this one, its parent first. */
export function ancestorsOf({ tree }: TraceModel, row: number): number[] {
  const ancestors: number[] = [];
  for (let at = tree.rows.parent[row]!; at >= 0; at = tree.rows.parent[at]!) ancestors.push(at);
  return ancestors;
}

function setTimes({ row, halves }: TraceNode, start: Float64Array, end: Float64Array): void {
  for (const { timestamp, duration = 0, annotations } of halves) {
    if (timestamp === undefined) continue;
    const last = annotations?.at(-1)?.timestamp ?? 0;
    const until = duration > 0 ? timestamp + duration : Math.max(timestamp, last);
    if (!(start[row]! <= timestamp)) start[row] = timestamp;
    if (!(end[row]! >= until)) end[row] = until;
  }
}
