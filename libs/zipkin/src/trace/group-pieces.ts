import type { Endpoint, Kind, Span } from '../span.js';
import { compatibleEndpoints, endpointFields, endpointText, uniteEndpoints } from './endpoint.js';

interface Bucket {
  readonly kind: Kind | undefined;
  readonly shared: boolean;
  text: string;
  endpoint: Endpoint | undefined;
  readonly pieces: Span[];
}

// Beyond this many different places under one id only equal places join: what is compared with all others would
// grow with the square of what a hostile sender posts.
const MOST_BUCKETS_COMPARED = 64;

/** The pieces of one id, a list for each span, in the order of the result. */
export function groupPieces(spans: readonly Span[]): (readonly Span[])[] {
  return (spans.length === 2 && groupPair(spans[0]!, spans[1]!, spans)) || groupMany(spans);
}

/** Nearly all that is in pieces is an opening and a closing one, or two halves of a call: no need for buckets. */
function groupPair(a: Span, b: Span, both: readonly Span[]): (readonly Span[])[] | undefined {
  if (a.kind === undefined || b.kind === undefined) return undefined;
  if (a.kind !== b.kind) return KIND_ORDER[a.kind] < KIND_ORDER[b.kind] ? [[a], [b]] : [[b], [a]];
  return compatibleEndpoints(a.localEndpoint, b.localEndpoint) ? [both] : undefined;
}

function groupMany(spans: readonly Span[]): Span[][] {
  const buckets = new Map<string, Bucket>();
  for (const span of spans) {
    const { kind, localEndpoint: endpoint } = span;
    const shared = kind === undefined && span.shared === true;
    const text = endpointText(endpoint);
    const key = `${kind ?? (shared ? 'shared' : '')} ${text}`;
    const bucket = buckets.get(key);
    if (bucket) bucket.pieces.push(span);
    else buckets.set(key, { kind, shared, text, endpoint, pieces: [span] });
  }
  // Those that say most come first, so that one without kind or endpoint finds its half and never forms it.
  const sorted = [...buckets.values()].toSorted(compareBuckets);
  if (sorted.length > MOST_BUCKETS_COMPARED) return sorted.map(({ pieces }) => pieces);
  const homes: Bucket[] = [];
  for (const bucket of sorted) {
    const home = findHome(bucket, homes);
    if (home) {
      home.endpoint = uniteEndpoints(home.endpoint, bucket.endpoint);
      home.text = endpointText(home.endpoint);
      for (const piece of bucket.pieces) home.pieces.push(piece);
    } else homes.push(bucket);
  }
  return homes.toSorted(compareBuckets).map(({ pieces }) => pieces);
}

function findHome(bucket: Bucket, homes: readonly Bucket[]): Bucket | undefined {
  const fits = (home: Bucket): boolean =>
    (bucket.kind === undefined || bucket.kind === home.kind) &&
    compatibleEndpoints(home.endpoint, bucket.endpoint);
  const receiver = bucket.shared ? homes.find((home) => isReceiver(home) && fits(home)) : undefined;
  return receiver ?? homes.find(fits);
}

const isReceiver = ({ kind, shared }: Bucket): boolean => shared || kind === 'SERVER' || kind === 'CONSUMER';

const KIND_ORDER: Record<Kind, number> = { CLIENT: 0, PRODUCER: 1, SERVER: 2, CONSUMER: 3 };

function compareBuckets(a: Bucket, b: Bucket): number {
  return (
    (a.kind ? KIND_ORDER[a.kind] : 4) - (b.kind ? KIND_ORDER[b.kind] : 4) ||
    endpointFields(b.endpoint) - endpointFields(a.endpoint) ||
    (a.text < b.text ? -1 : a.text > b.text ? 1 : 0) ||
    Number(a.shared) - Number(b.shared)
  );
}
