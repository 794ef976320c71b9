import { ZERO_SPAN_ID } from './decode/span-id.js';
import type { Endpoint, Span } from './span.js';

/** Writes spans as Zipkin v2 JSON, the body of `POST /api/v2/spans`. Keys come in Zipkin's own order, what is
 * absent or empty is left out, and so are annotation endpoints, for which v2 has no place. Ids are written as they
 * can be sent: Zipkin gives some that it does not take. */
export function encodeV2(spans: readonly Span[]): string {
  return `[${spans.map((span) => encodeSpanV2(asSent(span))).join(',')}]`;
}

/** Zipkin takes `"0"` for the id of sixteen zeros, and only less than 32 digits for a trace id that begins with as many. */
function asSent(span: Span): Span {
  const hasLongId = span.traceId.length === 32 && span.traceId.startsWith(ZERO_SPAN_ID);
  if (!hasLongId && span.id !== ZERO_SPAN_ID) return span;
  return {
    ...span,
    traceId: hasLongId ? span.traceId.slice(1) : span.traceId,
    id: span.id === ZERO_SPAN_ID ? '0' : span.id,
  };
}

/** Writes one span as one line of Zipkin v2 JSON, fit for a file of JSON lines: the text holds no character
 * that any line reader takes for a line's end. */
export function encodeSpanV2(span: Span): string {
  const { annotations, tags } = span;
  const text = JSON.stringify({
    traceId: span.traceId,
    parentId: span.parentId,
    id: span.id,
    kind: span.kind,
    name: span.name || undefined,
    timestamp: span.timestamp,
    duration: span.duration,
    localEndpoint: orderedEndpoint(span.localEndpoint),
    remoteEndpoint: orderedEndpoint(span.remoteEndpoint),
    annotations: annotations?.length
      ? annotations.map(({ timestamp, value }) => ({ timestamp, value }))
      : undefined,
    tags: tags && Object.keys(tags).length > 0 ? tags : undefined,
    debug: span.debug || undefined,
    shared: span.shared || undefined,
  });
  return harmless(text);
}

/** Writes one string as a JSON string that may stand in the text of {@link encodeSpanV2}. */
export function encodeTextV2(text: string): string {
  return harmless(JSON.stringify(text));
}

/** Writes an endpoint as {@link encodeSpanV2} does; undefined when it says nothing. */
export function encodeEndpointV2(endpoint: Endpoint | undefined): string | undefined {
  const ordered = orderedEndpoint(endpoint);
  return ordered && harmless(JSON.stringify(ordered));
}

/** The endpoint with its keys in Zipkin's order, or nothing when it says nothing. */
export function orderedEndpoint(endpoint: Endpoint | undefined): Endpoint | undefined {
  if (endpoint == null) return undefined;
  const { serviceName, ipv4, ipv6, port } = endpoint;
  if (!serviceName && !ipv4 && !ipv6 && !port) return undefined;
  return {
    serviceName: serviceName || undefined,
    ipv4: ipv4 || undefined,
    ipv6: ipv6 || undefined,
    port: port || undefined,
  };
}

// U+2028 and U+2029 end a line for Node's readline. And Zipkin's v2 endpoint answers 400 to any body with the
// bytes `yAnnotations"` in it, taking it for v1: a tag named binaryAnnotations would cost the whole batch.
const V1_MARK = 'yAnnotations"';
const EACH_TROUBLE = /[\u2028\u2029]|yAnnotations"/g;

/** Three searches for fixed text take a tenth of the time of one expression: most texts have one byte a
 * character, where the first two need not look. */
function harmless(json: string): string {
  const isFine = !json.includes('\u2028') && !json.includes('\u2029') && !json.includes(V1_MARK);
  return isFine ? json : json.replaceAll(EACH_TROUBLE, escapeOne);
}

function escapeOne(found: string): string {
  if (found === '\u2028') return String.raw`\u2028`;
  if (found === '\u2029') return String.raw`\u2029`;
  return String.raw`yAnnotation\u0073"`;
}
