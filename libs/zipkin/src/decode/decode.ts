import { assertFormat, detectFormat } from './detect.js';
import type { SpanFormat } from './detect.js';
import { assertDepth, parseJson, textOf } from './json-text.js';
import { readOtlp } from './read-otlp.js';
import { assertCount } from './limits.js';
import { Place } from './place.js';
import { readSpanV1 } from './read-v1.js';
import { readSpanV2 } from './read-v2.js';
import { NEEDS_NUMBER_TEXTS } from './read-value.js';
import type { Span } from '../span.js';
import { convertV1 } from './v1-to-v2.js';

/** Options of {@link decodeSpans}. */
export interface DecodeOptions {
  /** Read the body as this format and refuse the others. Default: {@link detectFormat} says. */
  readonly format?: SpanFormat;
  /** Most spans that the body may hold. Default: 100,000. */
  readonly maxSpans?: number;
  /** How deep lists and objects may stand in each other, at most 1000. Default: 255, which is Zipkin's limit. */
  readonly maxDepth?: number;
}

/**
 * Reads a body of spans, as text or UTF-8, and gives them normalised: exactly the spans that Zipkin makes of it. A v1
 * span may become several. An empty body has no spans. One bad span refuses the whole body.
 *
 * Throws {@link ZipkinError}, whatever comes: `DT_ERR_SPANS_JSON` for what is no JSON, `DT_ERR_SPANS_FORMAT` for the
 * wrong or no format, `DT_ERR_SPANS_VALUE` for a field, `DT_ERR_SPANS_LIMIT` for too much of it.
 */
export function decodeSpans(body: string | Uint8Array, options: DecodeOptions = {}): Span[] {
  const { format, maxSpans = 100_000, maxDepth = 255 } = options;
  const text = textOf(body);
  if (text === '') return [];
  assertDepth(text, Math.min(maxDepth, 1000));
  try {
    return readBody(parseJson(text), format, maxSpans);
  } catch (signal) {
    if (signal !== NEEDS_NUMBER_TEXTS) throw signal;
    return readBody(parseJson(text, { keepNumberTexts: true }), format, maxSpans);
  }
}

function readBody(body: unknown, format: SpanFormat | undefined, maxSpans: number): Span[] {
  if (format !== undefined) assertFormat(body, format);
  const found = format ?? detectFormat(body);
  if (found === 'otlp') return readOtlp(body, maxSpans);
  const list = body as readonly unknown[];
  assertCount(list.length, maxSpans);
  const place = new Place();
  const spans: Span[] = [];
  for (place.index = 0; place.index < list.length; place.index++) {
    const source = list[place.index];
    if (found === 'v2') spans.push(readSpanV2(place, source));
    else {
      for (const span of convertV1(readSpanV1(place, source))) spans.push(span);
      assertCount(spans.length, maxSpans);
    }
  }
  return spans;
}
