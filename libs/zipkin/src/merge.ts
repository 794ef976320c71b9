import { encodeSpanV2 } from './encode-v2.js';
import type { Annotation, Endpoint, Kind, Span } from './span.js';

/** Joins the pieces of each span. Pieces belong together when they have the same id in the same trace, the same
 * `shared` flag, and neither kind nor local endpoint contradicts (a missing field contradicts nothing). The
 * earliest piece gives a field its value, annotations and tags are united, and of one tag's values the latest
 * piece's stays. The order of the input does not matter, and merging twice is merging once. Spans of any number
 * of traces may be given; halves (client and server) stay two spans. */
export function mergeSpans(spans: readonly Span[]): Span[] {
  const byId = new Map<string, Span[]>();
  for (const span of spans) {
    // The low 64 bits: one service may have cut the trace id that another kept whole.
    const key = `${span.traceId.slice(-16)}/${span.id}`;
    const known = byId.get(key);
    if (known) known.push(span);
    else byId.set(key, [span]);
  }
  const merged: Span[] = [];
  for (const same of byId.values()) {
    if (same.length === 1) merged.push(same[0]!);
    else for (const pieces of groupPieces(same)) merged.push(joinPieces(pieces));
  }
  return merged.toSorted(compareResults);
}

/** Whether two endpoints can be the same place: no field has a value in both that differs. */
export function compatibleEndpoints(a: Endpoint | undefined, b: Endpoint | undefined): boolean {
  if (!a || !b) return true;
  return (
    agree(a.serviceName, b.serviceName) &&
    agree(a.ipv4, b.ipv4) &&
    agree(a.ipv6, b.ipv6) &&
    agree(a.port, b.port)
  );
}

interface Group {
  kind?: Kind;
  endpoint?: Endpoint;
  shared: boolean;
  pieces: Span[];
}

/** Pieces that say most come first, so that one without kind or endpoint finds its half and never forms it. */
function groupPieces(spans: readonly Span[]): Span[][] {
  const groups: Group[] = [];
  for (const span of spans.toSorted(compareBySaying)) {
    const home = groups.find(
      (group) =>
        group.shared === (span.shared ?? false) &&
        agree(group.kind, span.kind) &&
        compatibleEndpoints(group.endpoint, span.localEndpoint),
    );
    if (home) {
      home.kind ??= span.kind;
      home.endpoint = uniteEndpoints(home.endpoint, span.localEndpoint);
      home.pieces.push(span);
    } else {
      groups.push({
        kind: span.kind,
        endpoint: span.localEndpoint,
        shared: span.shared ?? false,
        pieces: [span],
      });
    }
  }
  return groups.map((group) => group.pieces.toSorted(compareByTime));
}

function joinPieces(pieces: readonly Span[]): Span {
  const tags = new Map<string, string>();
  let annotations: Annotation[] = [];
  let localEndpoint: Endpoint | undefined;
  let remoteEndpoint: Endpoint | undefined;
  for (const piece of pieces) {
    for (const [key, value] of Object.entries(piece.tags ?? {})) tags.set(key, value);
    annotations = annotations.concat(piece.annotations ?? []);
    localEndpoint = uniteEndpoints(localEndpoint, piece.localEndpoint);
    remoteEndpoint = uniteEndpoints(remoteEndpoint, piece.remoteEndpoint);
  }
  const first = <K extends keyof Span>(key: K): Span[K] | undefined =>
    pieces.find((piece) => piece[key] != null)?.[key];
  const joined: Span = {
    // A 128-bit trace id wins over its own low half.
    traceId: pieces.reduce(
      (best, { traceId }) => (traceId.length > best.length ? traceId : best),
      pieces[0]!.traceId,
    ),
    parentId: first('parentId'),
    id: pieces[0]!.id,
    kind: first('kind'),
    name: first('name'),
    timestamp: first('timestamp'),
    duration: first('duration'),
    localEndpoint,
    remoteEndpoint,
    annotations: annotations.length > 0 ? sortedAnnotations(annotations) : undefined,
    tags: tags.size > 0 ? Object.fromEntries(tags) : undefined,
    debug: pieces.some((piece) => piece.debug) || undefined,
    shared: pieces[0]!.shared || undefined,
  };
  return Object.fromEntries(
    Object.entries(joined).filter(([, value]) => value !== undefined),
  ) as unknown as Span;
}

/** Annotations by time, then value; each once. */
export function sortedAnnotations(annotations: readonly Annotation[]): Annotation[] {
  const sorted = annotations.toSorted(
    (a, b) =>
      a.timestamp - b.timestamp ||
      compareText(a.value, b.value) ||
      compareText(endpointText(a.endpoint), endpointText(b.endpoint)),
  );
  return sorted.filter((annotation, index) => {
    const previous = sorted[index - 1];
    return (
      previous === undefined ||
      previous.timestamp !== annotation.timestamp ||
      previous.value !== annotation.value ||
      endpointText(previous.endpoint) !== endpointText(annotation.endpoint)
    );
  });
}

function uniteEndpoints(a: Endpoint | undefined, b: Endpoint | undefined): Endpoint | undefined {
  if (!a || !b) return a ?? b;
  const united: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) united[key] ??= value;
  return united as Endpoint;
}

function agree<T>(a: T | undefined, b: T | undefined): boolean {
  return a == null || b == null || a === b;
}

const KIND_ORDER: Record<Kind, number> = { CLIENT: 0, PRODUCER: 1, SERVER: 2, CONSUMER: 3 };
const kindRank = (span: Span): number => (span.kind ? KIND_ORDER[span.kind] : 4);
const endpointRank = ({ localEndpoint }: Span): number =>
  -Object.values(localEndpoint ?? {}).filter((value) => value != null).length;

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const endpointText = (endpoint: Endpoint | undefined): string =>
  endpoint ? `${endpoint.serviceName} ${endpoint.ipv4} ${endpoint.ipv6} ${endpoint.port}` : '';
const wholeText = (span: Span): string =>
  `${encodeSpanV2(span)}${span.annotations?.map(({ endpoint }) => endpointText(endpoint)).join()}`;

function compareBySaying(a: Span, b: Span): number {
  return (
    kindRank(a) - kindRank(b) ||
    endpointRank(a) - endpointRank(b) ||
    compareText(endpointText(a.localEndpoint), endpointText(b.localEndpoint)) ||
    compareByTime(a, b)
  );
}

/** Pieces without a time last; of two with one start the unfinished first, for it was sent first. */
function compareByTime(a: Span, b: Span): number {
  return (
    compareTimestamps(a.timestamp, b.timestamp) ||
    (a.duration ?? 0) - (b.duration ?? 0) ||
    compareText(wholeText(a), wholeText(b))
  );
}

function compareTimestamps(a = Number.MAX_SAFE_INTEGER, b = Number.MAX_SAFE_INTEGER): number {
  return a - b;
}

function compareResults(a: Span, b: Span): number {
  return (
    compareText(a.traceId, b.traceId) ||
    compareText(a.id, b.id) ||
    Number(a.shared ?? false) - Number(b.shared ?? false) ||
    compareBySaying(a, b)
  );
}
