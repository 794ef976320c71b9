import type { Endpoint, Span } from './span.js';

/** Writes spans as Zipkin v2 JSON, the body of `POST /api/v2/spans`. Keys come in Zipkin's own order, what is
 * absent or empty is left out, and so are annotation endpoints, for which v2 has no place. */
export function encodeV2(spans: readonly Span[]): string {
  return `[${spans.map(encodeSpanV2).join(',')}]`;
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
  return TROUBLE.test(text) ? text.replaceAll(EACH_TROUBLE, escapeOne) : text;
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
const TROUBLE = /[\u2028\u2029]|yAnnotations"/;
const EACH_TROUBLE = /[\u2028\u2029]|yAnnotations"/g;

function escapeOne(found: string): string {
  if (found === '\u2028') return String.raw`\u2028`;
  if (found === '\u2029') return String.raw`\u2029`;
  return String.raw`yAnnotation\u0073"`;
}
