import { isObject } from './read-value.js';
import { isSpanV1 } from './read-v1.js';
import { isSpanV2 } from './read-v2.js';
import { shown } from './place.js';
import { ZipkinError } from '../zipkin-error.js';

/** How spans are spelt: Zipkin's JSON v1 or v2, or OpenTelemetry's OTLP/JSON. */
export type SpanFormat = 'v1' | 'v2' | 'otlp';

/** What Zipkin, too, knows v2 by, though it looks for the bytes. */
const V2_FIELDS = ['localEndpoint', 'remoteEndpoint', 'tags'] as const;
const ALL_V2_FIELDS = [...V2_FIELDS, 'kind', 'shared'] as const;

/**
 * The format of a parsed body, by the fields of its spans alone: what stands in names, tags and values never
 * matters. An object is OTLP; a list is v2 if a span has an endpoint, tags, `kind` or `shared` of its own, and
 * else v1, as Zipkin takes it. Throws a {@link ZipkinError} for a list with both and for what is no body of spans.
 */
export function detectFormat(body: unknown): SpanFormat {
  if (isObject(body)) {
    if (Object.hasOwn(body, 'resourceSpans') || Object.keys(body).length === 0) return 'otlp';
    throw formatError(
      'A body must be a list of spans, or an object with "resourceSpans"',
      'an object without',
      body['traceId'] == null ? 'look at what was sent' : 'put [ ] around the span',
    );
  }
  if (!Array.isArray(body)) {
    throw formatError(
      'A body must be a list of spans, or an object with "resourceSpans"',
      shown(body),
      'look at what was sent',
    );
  }
  return detectListFormat(body) ?? 'v1';
}

/**
 * The format of a part of a list; undefined when no span says. `before` is what the parts before it said. Throws a
 * {@link ZipkinError} for a list with both.
 */
export function detectListFormat(part: readonly unknown[], before?: 'v1' | 'v2'): 'v1' | 'v2' | undefined {
  let format = before;
  for (const [index, span] of part.entries()) {
    const found = formatOf(span, index);
    if (found !== undefined && format !== undefined && found !== format) {
      throw formatError(
        'A list must be all v1 or all v2',
        `${found} after ${format}`,
        'send two lists',
        index,
      );
    }
    format ??= found;
  }
  return format;
}

function formatOf(span: unknown, index: number): 'v1' | 'v2' | undefined {
  if (!isSpanV2(span, ALL_V2_FIELDS)) return isSpanV1(span) ? 'v1' : undefined;
  if (isObject(span) && span['binaryAnnotations'] != null) {
    throw formatError('A span must be v1 or v2', 'fields of both', 'say the format or take some out', index);
  }
  return 'v2';
}

/** Refuses a body that is not of the format that was asked for. Fields that Zipkin's endpoints let pass do here. */
export function assertFormat(body: unknown, format: SpanFormat, firstIndex = 0): void {
  if (format === 'otlp') {
    if (!isObject(body))
      throw formatError(
        'OTLP must be an object with "resourceSpans"',
        shown(body),
        'send Zipkin spans to POST /api/v2/spans',
      );
    return;
  }
  if (!Array.isArray(body)) {
    const isOtlp = isObject(body) && Object.hasOwn(body, 'resourceSpans');
    throw formatError(
      `${format} must be a list of spans`,
      isOtlp ? 'an OTLP request' : shown(body),
      isOtlp ? 'send it to POST /v1/traces' : 'put [ ] around the span',
    );
  }
  const other = format === 'v1' ? 'v2' : 'v1';
  const isOther = format === 'v1' ? (span: unknown) => isSpanV2(span, V2_FIELDS) : isSpanV1Only;
  const index = body.findIndex(isOther);
  if (index >= 0)
    throw formatError(
      `Each span must be ${format}`,
      `one with fields of ${other}`,
      `send it as ${other}`,
      firstIndex + index,
    );
}

function isSpanV1Only(span: unknown): boolean {
  return isObject(span) && span['binaryAnnotations'] != null;
}

function formatError(rule: string, got: string, advice: string, index?: number): ZipkinError {
  const where = index === undefined ? '' : `Span ${index}: `;
  return new ZipkinError('DT_ERR_SPANS_FORMAT', `${where}${rule}, got ${got}; ${advice}`, { index });
}
