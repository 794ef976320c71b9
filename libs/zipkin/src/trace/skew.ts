import type { Endpoint, Span } from '../span.js';
import { arrange, placeFor } from './arrange.js';
import type { TreePlace } from './arrange.js';
import type { TraceTree } from './tree.js';

/** A trace whose clocks were made to agree, and what that took. */
export interface CorrectedTrace {
  /** The same spans and parents with moved times; the tree that came when nothing moved. */
  readonly tree: TraceTree;
  /** By how many microseconds each half in `tree` was moved (positive: later). Those not moved are not in it. */
  readonly movedMicros: ReadonlyMap<Span, number>;
}

/** Moves receivers that seem to start before their senders, and what their host recorded below them, so that the
 * halves fit: Zipkin Lens' rule. A shift is found only between a CLIENT and a SERVER on different IP addresses with
 * the server not later: then the server starts half of what the client took longer after the client, or 1 µs after
 * when either is unfinished or the server took longer. Durations never change. A trace without a true root, or with
 * several, comes back as it is. */
export function correctClockSkew(tree: TraceTree): CorrectedTrace {
  const movedMicros = new Map<Span, number>();
  if (!hasOneRoot(tree)) return { tree, movedMicros };
  const places: TreePlace[] = [];
  const shifts: (Shift | undefined)[][] = [];
  for (const { row, halves, parentHalf } of tree.nodes) {
    const parentRow = tree.rows.parent[row]!;
    const parent = places[parentRow];
    const moved: Span[] = [];
    const ownShifts: (Shift | undefined)[] = [];
    for (const [half, span] of halves.entries()) {
      const above = half === 0 ? parent?.halves[parentHalf] : moved[0];
      const inherited = half === 0 ? shifts[parentRow]?.[parentHalf] : ownShifts[0];
      const carried = inherited && sameHost(inherited.host, span.localEndpoint) ? inherited.micros : 0;
      const found = above && findShift(above, move(span, carried));
      const micros = carried + (found && sameHost(found.host, span.localEndpoint) ? found.micros : 0);
      const result = move(span, micros);
      if (result !== span) movedMicros.set(result, micros);
      moved.push(result);
      ownShifts.push(found ?? inherited);
    }
    const place = placeFor(moved[0]!);
    for (const half of moved.slice(1)) place.halves.push(half);
    place.parent = parent;
    place.parentHalf = parentHalf;
    places.push(place);
    shifts.push(ownShifts);
  }
  if (movedMicros.size === 0) return { tree, movedMicros };
  const { missingParentIds, brokenCycleIds } = tree;
  return { tree: arrange(places, { missingParentIds, brokenCycleIds }), movedMicros };
}

interface Shift {
  /** Whose clock is wrong. */
  readonly host: Endpoint;
  /** To be added to its times. */
  readonly micros: number;
}

function hasOneRoot({ roots }: TraceTree): boolean {
  const trueRoots = roots.filter(({ halves }) => halves.every(({ parentId }) => parentId === undefined));
  return trueRoots.length > 0 && trueRoots.filter(({ span }) => !span.shared).length <= 1;
}

function findShift(client: Span, server: Span): Shift | undefined {
  if (client.kind !== 'CLIENT' || server.kind !== 'SERVER') return undefined;
  if (client.timestamp === undefined || server.timestamp === undefined) return undefined;
  if (!client.localEndpoint || !server.localEndpoint) return undefined;
  if (server.timestamp > client.timestamp || sameHost(server.localEndpoint, client.localEndpoint))
    return undefined;
  const answered = client.duration !== undefined && server.duration !== undefined;
  const latency =
    answered && client.duration >= server.duration ? Math.floor((client.duration - server.duration) / 2) : 1;
  const micros = client.timestamp + latency - server.timestamp;
  return micros === 0 ? undefined : { host: server.localEndpoint, micros };
}

/** Only an address tells hosts apart; without one nothing is known. */
function sameHost(a: Endpoint, b: Endpoint | undefined): boolean {
  if (!b) return false;
  if (a.ipv6 !== undefined && a.ipv6 === b.ipv6) return true;
  return a.ipv4 !== undefined && a.ipv4 === b.ipv4;
}

function hasTime({ timestamp, annotations }: Span): boolean {
  return timestamp !== undefined || annotations !== undefined;
}

function move(span: Span, micros: number): Span {
  if (micros === 0 || !hasTime(span)) return span;
  const { timestamp, annotations } = span;
  return {
    ...span,
    ...(timestamp !== undefined && { timestamp: timestamp + micros }),
    ...(annotations && { annotations: annotations.map((a) => ({ ...a, timestamp: a.timestamp + micros })) }),
  };
}
