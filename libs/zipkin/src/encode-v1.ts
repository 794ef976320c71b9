import { orderedEndpoint } from './encode-v2.js';
import type { Annotation, Endpoint, Kind, Span } from './span.js';
import { isAddress } from './decode/v1-tags.js';

/**
 * Writes spans as Zipkin v1 JSON, the body of `POST /api/v1/spans`: the inverse of Zipkin's own conversion from v1.
 * Kind and times become `cs`/`cr`, `sr`/`ss`, `ms`/`ws` or `wr`/`mr`; tags become binary annotations; each carries
 * the local endpoint; the remote endpoint becomes the address `sa`, `ca` or `ma`. An unfinished span has the opening
 * annotation only, and a shared server half has no time of its own beside the annotations, which is how v1 says
 * `shared`.
 *
 * v1 cannot hold: the kind of a span without start or without local endpoint, a server's duration without start,
 * `shared` on a consumer, a tag `lc` with an empty value, a tag `ca`, `sa` or `ma`, and a remote endpoint equal to the local one of a server
 * (its service name, if only that is equal). An annotation whose endpoint names another service is read back as a
 * span of that service.
 */
export function encodeV1(spans: readonly Span[]): string {
  const text = JSON.stringify(spans.map(toV1));
  return TROUBLE.test(text) ? text.replaceAll(TROUBLE_AT_END, escapeOne) : text;
}

interface V1Annotation {
  readonly timestamp: number;
  readonly value: string;
  readonly endpoint?: Endpoint;
}

interface V1BinaryAnnotation {
  readonly key: string;
  readonly value: string | true;
  readonly endpoint?: Endpoint;
}

function toV1(span: Span): object {
  const local = orderedEndpoint(span.localEndpoint);
  const annotations = [
    ...coreAnnotations(span, local),
    ...(span.annotations ?? []).map(userAnnotation(span, local)),
  ];
  const binaryAnnotations: V1BinaryAnnotation[] = Object.entries(span.tags ?? {}).map(([key, value]) => ({
    key,
    value,
    // With an endpoint it would be read back as an address.
    endpoint: isAddress(key) ? undefined : local,
  }));
  const saysPlace = ({ endpoint }: { readonly endpoint?: Endpoint }): boolean => endpoint === local;
  if (local && !annotations.some(saysPlace) && !binaryAnnotations.some(saysPlace)) {
    binaryAnnotations.push({ key: 'lc', value: '', endpoint: local });
  }
  const remote = orderedEndpoint(span.remoteEndpoint);
  if (remote) binaryAnnotations.push({ key: ADDRESS[span.kind ?? 'CLIENT'], value: true, endpoint: remote });
  // A shared half's time is the other half's to say; v1 readers take its absence for `shared`.
  const isShared = span.shared === true && span.kind === 'SERVER';
  return {
    traceId: span.traceId,
    parentId: span.parentId,
    id: span.id,
    name: span.name || undefined,
    timestamp: isShared ? undefined : span.timestamp,
    duration: isShared ? undefined : span.duration,
    annotations: annotations.length > 0 ? annotations : undefined,
    binaryAnnotations: binaryAnnotations.length > 0 ? binaryAnnotations : undefined,
    debug: span.debug || undefined,
  };
}

const ADDRESS: Readonly<Record<Kind, string>> = {
  CLIENT: 'sa',
  SERVER: 'ca',
  PRODUCER: 'ma',
  CONSUMER: 'ma',
};
const BEGIN: Readonly<Record<Kind, string>> = { CLIENT: 'cs', SERVER: 'sr', PRODUCER: 'ms', CONSUMER: 'wr' };
const END: Readonly<Record<Kind, string>> = { CLIENT: 'cr', SERVER: 'ss', PRODUCER: 'ws', CONSUMER: 'mr' };
const CORE: ReadonlySet<string> = new Set([...Object.values(BEGIN), ...Object.values(END)]);

/** Readers see a core annotation only where it has an endpoint. */
function coreAnnotations(
  { kind, timestamp, duration }: Span,
  endpoint: Endpoint | undefined,
): V1Annotation[] {
  if (kind === undefined || timestamp === undefined || endpoint === undefined) return [];
  // A consumer's mark is the end of its wire time; alone it is the only time there is.
  if (duration === undefined)
    return [{ timestamp, value: kind === 'CONSUMER' ? 'mr' : BEGIN[kind], endpoint }];
  return [
    { timestamp, value: BEGIN[kind], endpoint },
    { timestamp: timestamp + duration, value: END[kind], endpoint },
  ];
}

/** An annotation of the user's that is spelt like a core one keeps its meaning by going without an endpoint. Only
 * on a span without start it is the other way round: there Zipkin's own conversion left it, and it holds the kind. */
function userAnnotation(span: Span, local: Endpoint | undefined): (annotation: Annotation) => V1Annotation {
  return ({ timestamp, value, endpoint }) => {
    const isCore = CORE.has(value);
    const holdsKind = span.timestamp === undefined && span.kind !== undefined && END[span.kind] === value;
    if (isCore && !holdsKind) return { timestamp, value };
    return { timestamp, value, endpoint: orderedEndpoint(endpoint) ?? local };
  };
}

// Zipkin's v1 endpoint answers 400 to any body with these bytes in it, taking it for v2: a span named
// createEndpoint would cost the whole batch. JSON can spell the same string another way.
const TROUBLE = /Endpoint"|"tags"/;
const TROUBLE_AT_END = /Endpoint"|"tags"/g;

function escapeOne(found: string): string {
  return found === '"tags"' ? String.raw`"\u0074ags"` : String.raw`Endpoin\u0074"`;
}
