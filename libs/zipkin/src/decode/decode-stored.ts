import { assertFormat } from './detect.js';
import { parseJson } from './json-text.js';
import { Place } from './place.js';
import { readSpanV2 } from './read-v2.js';
import { isObject } from './read-value.js';
import { ZERO_SPAN_ID } from './span-id.js';
import type { Span } from '../span.js';

/** What {@link decodeStoredSpans} found. */
export interface StoredSpans {
  readonly spans: Span[];
  /** How many of the list could not be read. */
  readonly unreadable: number;
}

/**
 * Reads spans that a server has taken already, as Zipkin v2 JSON: what `encodeSpanV2` wrote for a file, or what a
 * trace viewer answers. As many as there are, and with the ids that Zipkin gives and does not take: the span id of
 * sixteen zeros, which it makes of `"0"`, and trace ids of 32 digits that begin with as many, which it makes of 17 to
 * 31. A span that cannot be read costs no other.
 *
 * Throws {@link ZipkinError} for what is no list of JSON.
 */
export function decodeStoredSpans(text: string): StoredSpans {
  const list = parseJson(text);
  assertFormat(list, 'v2');
  const place = new Place();
  const spans: Span[] = [];
  let unreadable = 0;
  for (const source of list as readonly unknown[]) {
    try {
      spans.push(readStored(place, source));
    } catch {
      unreadable += 1;
    }
  }
  return { spans, unreadable };
}

function readStored(place: Place, source: unknown): Span {
  if (!isObject(source)) return readSpanV2(place, source);
  const { traceId, id } = source;
  const isLong = typeof traceId === 'string' && traceId.length === 32 && traceId.startsWith(ZERO_SPAN_ID);
  if (!isLong && id !== ZERO_SPAN_ID) return readSpanV2(place, source);
  const span = readSpanV2(place, { ...source, id: id === ZERO_SPAN_ID ? '0' : id });
  return isLong ? { ...span, traceId } : span;
}
