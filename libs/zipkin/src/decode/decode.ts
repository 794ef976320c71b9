import { assertFormat, detectFormat } from './detect.js';
import type { SpanFormat } from './detect.js';
import { assertDepth, parseJson, textOf } from './json-text.js';
import { readOtlp } from './read-otlp.js';
import type { OtlpLimits } from './read-otlp.js';
import { assertCount, CopiedText } from './limits.js';
import { Place } from './place.js';
import { readSpanV1 } from './read-v1.js';
import { readSpanV2 } from './read-v2.js';
import { NEEDS_NUMBER_TEXTS } from './read-value.js';
import type { Span } from '../span.js';
import { harmlessText } from '../text.js';
import { convertV1 } from './v1-to-v2.js';
import { ZipkinError } from '../zipkin-error.js';

/** Options of {@link decodeSpans}. */
export interface DecodeOptions {
  /** Read the body as this format and refuse the others. Default: {@link detectFormat} says. */
  readonly format?: SpanFormat;
  /** Most spans that the body may hold. Default: 100,000. */
  readonly maxSpans?: number;
  /** How deep lists and objects may stand in each other, at most 1000. Default: 255, which is Zipkin's limit. */
  readonly maxDepth?: number;
  /** Where in a longer list this part of it begins, for errors. Default: 0. */
  readonly firstIndex?: number;
}

/**
 * Reads a body of spans, as text or UTF-8, and gives them normalised: exactly the spans that Zipkin makes of it. A v1
 * span may become several. An empty body has no spans. One bad span refuses the whole body.
 *
 * Throws {@link ZipkinError}, whatever comes: `DT_ERR_SPANS_JSON` for what is no JSON, `DT_ERR_SPANS_FORMAT` for the
 * wrong or no format, `DT_ERR_SPANS_VALUE` for a field, `DT_ERR_SPANS_LIMIT` for too much of it.
 */
export function decodeSpans(body: string | Uint8Array, options: DecodeOptions = {}): Span[] {
  const { format, maxSpans = 100_000, maxDepth = 255, firstIndex = 0 } = options;
  const text = textOf(body);
  if (text === '') return [];
  assertDepth(text, Math.min(maxDepth, 1000));
  const read = (parsed: unknown): Span[] =>
    readBody(parsed, { format, firstIndex, maxSpans, copied: new CopiedText(text.length) });
  try {
    try {
      return read(parseJson(text));
    } catch (signal) {
      if (signal !== NEEDS_NUMBER_TEXTS) throw signal;
      return read(parseJson(text, { keepNumberTexts: true }));
    }
  } catch (error) {
    throw asOurs(error);
  }
}

interface BodyLimits extends OtlpLimits {
  readonly format: SpanFormat | undefined;
  readonly firstIndex: number;
}

function readBody(body: unknown, { format, firstIndex, ...limits }: BodyLimits): Span[] {
  if (format !== undefined) assertFormat(body, format, firstIndex);
  const found = format ?? detectFormat(body);
  if (found === 'otlp') return readOtlp(body, limits);
  const list = body as readonly unknown[];
  assertCount(list.length, limits.maxSpans);
  const place = new Place();
  const spans: Span[] = [];
  for (let at = 0; at < list.length; at++) {
    place.index = firstIndex + at;
    const source = list[at];
    if (found === 'v2') spans.push(readSpanV2(place, source));
    else {
      const halves = convertV1(readSpanV1(place, source));
      limits.copied.add(halves[0]?.name?.length ?? 0, halves.length - 1);
      for (const span of halves) spans.push(span);
      assertCount(spans.length, limits.maxSpans);
    }
  }
  return spans;
}

/** Whoever sent the body gets the answer, whatever it made of us: a queue would bring it back for ever. */
function asOurs(error: unknown): ZipkinError {
  if (error instanceof ZipkinError) return error;
  return new ZipkinError(
    'DT_ERR_SPANS_VALUE',
    `A body must be readable, got one that the reader fails on (${harmlessText(String(error), '\uFFFD')}); ` +
      'send it in parts to find the span',
  );
}
