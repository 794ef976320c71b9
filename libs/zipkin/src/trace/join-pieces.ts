import { encodeSpanV2 } from '../encode-v2.js';
import type { Annotation, Endpoint, Kind, Span } from '../span.js';
import { endpointText, uniteEndpoints } from './endpoint.js';

type Draft = { -readonly [K in keyof Span]: Span[K] };

/** One span of the pieces of it, which may come in any order. */
export function joinPieces(pieces: readonly Span[], traceId: string): Span {
  const only = pieces[0]!;
  if (pieces.length > 1)
    return closeByAnnotation(join(pieces.length === 2 ? pair(pieces) : inOrder(pieces), traceId));
  const wrongShared = only.shared !== undefined && (only.kind === 'CLIENT' || !only.shared);
  if (only.traceId === traceId && !wrongShared && !canBeClosed(only)) return only;
  const copy: Draft = { ...only, traceId };
  if (wrongShared) delete copy.shared;
  return closeByAnnotation(copy);
}

function join(pieces: readonly Span[], traceId: string): Draft {
  const joined: Draft = { traceId, id: pieces[0]!.id };
  let tags: Map<string, string> | undefined;
  let annotations: Annotation[] | undefined;
  let localEndpoint: Endpoint | undefined;
  let remoteEndpoint: Endpoint | undefined;
  for (const piece of pieces) {
    if (joined.parentId === undefined && piece.parentId !== undefined) joined.parentId = piece.parentId;
    if (joined.kind === undefined && piece.kind !== undefined) joined.kind = piece.kind;
    if (joined.name === undefined && piece.name !== undefined) joined.name = piece.name;
    if (joined.timestamp === undefined && piece.timestamp !== undefined) joined.timestamp = piece.timestamp;
    if (joined.duration === undefined && piece.duration !== undefined) joined.duration = piece.duration;
    if (piece.debug) joined.debug = true;
    if (piece.shared) joined.shared = true;
    localEndpoint = uniteEndpoints(localEndpoint, piece.localEndpoint);
    remoteEndpoint = uniteEndpoints(remoteEndpoint, piece.remoteEndpoint);
    if (piece.annotations) for (const annotation of piece.annotations) (annotations ??= []).push(annotation);
    if (piece.tags)
      for (const [key, value] of Object.entries(piece.tags)) (tags ??= new Map()).set(key, value);
  }
  if (localEndpoint) joined.localEndpoint = localEndpoint;
  if (remoteEndpoint) joined.remoteEndpoint = remoteEndpoint;
  if (annotations) joined.annotations = sortedAnnotations(annotations);
  if (tags) joined.tags = Object.fromEntries(tags);
  if (joined.kind === 'CLIENT') delete joined.shared;
  return joined;
}

/** The annotation that ends a half in v1. Zipkin's converter makes a duration of it only when both ends arrive in
 * one piece; else it stays behind as a plain annotation. */
const CLOSING: Record<Kind, string> = { CLIENT: 'cr', SERVER: 'ss', PRODUCER: 'ws', CONSUMER: 'mr' };

function canBeClosed({ kind, timestamp, duration, annotations }: Span): boolean {
  return kind !== undefined && timestamp !== undefined && duration === undefined && annotations !== undefined;
}

/** Takes the duration from a closing annotation left behind by pieces sent apart: `cs` in one, `cr` in another. A
 * consumer's other end is its opening one: it starts at `mr`, and `wr` came before. */
function closeByAnnotation(span: Draft): Span {
  if (!canBeClosed(span)) return span;
  const timestamp = span.timestamp!;
  const isEnd = ({ value, timestamp: at, endpoint }: Annotation): boolean =>
    endpoint === undefined &&
    (span.kind === 'CONSUMER'
      ? value === 'wr' && at < timestamp
      : value === CLOSING[span.kind!] && at > timestamp);
  const ends = span.annotations!.filter(isEnd);
  const end = span.kind === 'CONSUMER' ? ends[0] : ends.at(-1);
  if (!end) return span;
  const others = span.annotations!.filter((annotation) => annotation !== end);
  if (others.length > 0) span.annotations = others;
  else delete span.annotations;
  span.timestamp = Math.min(timestamp, end.timestamp);
  span.duration = Math.abs(end.timestamp - timestamp);
  return span;
}

/** Annotations by time, then value; each once. */
function sortedAnnotations(annotations: Annotation[]): Annotation[] {
  annotations.sort(compareAnnotations);
  return annotations.filter(
    (annotation, index) => index === 0 || compareAnnotations(annotations[index - 1]!, annotation) !== 0,
  );
}

function compareAnnotations(a: Annotation, b: Annotation): number {
  return (
    a.timestamp - b.timestamp ||
    compareText(a.value, b.value) ||
    (a.endpoint === b.endpoint ? 0 : compareText(endpointText(a.endpoint), endpointText(b.endpoint)))
  );
}

interface Ranked {
  readonly span: Span;
  text?: string;
}

/** Pieces without a time last; of two with one start the unfinished first, for it was sent first. */
function inOrder(pieces: readonly Span[]): Span[] {
  const ranked = pieces.map((span): Ranked => ({ span }));
  return ranked.toSorted(compareRanked).map(({ span }) => span);
}

/** Most spans that are in pieces are in two. */
function pair(pieces: readonly Span[]): readonly Span[] {
  const [a, b] = pieces as readonly [Span, Span];
  return compareRanked({ span: a }, { span: b }) <= 0 ? pieces : [b, a];
}

function compareRanked(a: Ranked, b: Ranked): number {
  return (
    (a.span.timestamp ?? Number.MAX_VALUE) - (b.span.timestamp ?? Number.MAX_VALUE) ||
    (a.span.duration ?? 0) - (b.span.duration ?? 0) ||
    compareText((a.text ??= wholeText(a.span)), (b.text ??= wholeText(b.span)))
  );
}

function wholeText(span: Span): string {
  return `${encodeSpanV2(span)}${span.annotations?.map(({ endpoint }) => endpointText(endpoint)).join()}`;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
