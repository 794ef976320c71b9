import type { Endpoint, Span } from '../span.js';
import { timedHalf } from './arrange.js';
import type { TreePlace } from './arrange.js';
import { compatibleEndpoints, endpointText } from './endpoint.js';

/** Gives each place its parent; what cannot be followed is named. */
export function findParents(places: ReadonlyMap<string, TreePlace>): {
  missingParentIds: string[];
  brokenCycleIds: string[];
} {
  const missing = new Set<string>();
  const choosers = new Map<TreePlace, (endpoint: Endpoint) => number>();
  for (const place of places.values()) {
    let child: Span | undefined;
    for (const half of place.halves) {
      if (half.parentId === undefined) continue;
      place.parent = places.get(half.parentId);
      child = half;
      if (place.parent) break;
    }
    if (!child) continue;
    const { parent } = place;
    if (!parent) {
      missing.add(child.parentId!);
    } else if (parent.halves.length > 1 && child.localEndpoint) {
      let choose = choosers.get(parent);
      if (!choose) choosers.set(parent, (choose = halfChooser(parent.halves)));
      place.parentHalf = choose(child.localEndpoint);
    }
  }
  return { missingParentIds: [...missing].toSorted(), brokenCycleIds: cutCycles(places).toSorted() };
}

// Beyond this many halves under one id nobody looks for endpoints that merely agree: the work would grow with
// the square of what a hostile sender posts.
const MOST_HALVES_COMPARED = 64;

/** Which half a child with an endpoint hangs from: a receiver at that very endpoint, the sender at that very
 * endpoint, a receiver whose endpoint does not contradict, the sender. */
function halfChooser(halves: readonly Span[]): (endpoint: Endpoint) => number {
  const exact = new Map<string, number>();
  for (let half = halves.length - 1; half >= 0; half--)
    exact.set(endpointText(halves[half]!.localEndpoint), half);
  const sender = endpointText(halves[0]!.localEndpoint);
  const atSender = halves.findIndex((half, i) => i > 0 && endpointText(half.localEndpoint) === sender);
  if (atSender > 0) exact.set(sender, atSender);
  return (endpoint) => {
    const same = exact.get(endpointText(endpoint));
    if (same !== undefined || halves.length > MOST_HALVES_COMPARED) return same ?? 0;
    const similar = halves.findIndex(
      ({ localEndpoint }, i) => i > 0 && localEndpoint && compatibleEndpoints(localEndpoint, endpoint),
    );
    return Math.max(similar, 0);
  };
}

/** Follows each way up once; where it meets itself, the earliest span of the ring becomes a root. */
function cutCycles(places: ReadonlyMap<string, TreePlace>): string[] {
  const cutIds: string[] = [];
  let walk = 0;
  for (const start of places.values()) {
    let at: TreePlace | undefined = start;
    while (at && at.walk < 0) {
      at.walk = walk;
      at = at.parent;
    }
    if (at?.walk === walk) {
      let earliest = at;
      for (let ring = at.parent!; ring !== at; ring = ring.parent!) {
        if (isEarlier(ring, earliest)) earliest = ring;
      }
      earliest.parent = undefined;
      earliest.parentHalf = 0;
      cutIds.push(earliest.halves[0]!.id);
    }
    walk++;
  }
  return cutIds;
}

function isEarlier(a: TreePlace, b: TreePlace): boolean {
  const startA = timedHalf(a.halves)?.timestamp ?? Infinity;
  const startB = timedHalf(b.halves)?.timestamp ?? Infinity;
  return startA === startB ? a.halves[0]!.id < b.halves[0]!.id : startA < startB;
}
