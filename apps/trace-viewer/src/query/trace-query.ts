import { badParameter, optionalText, wholeNumber } from './parameters.js';

/** What a span of the trace must have; with a service, one of that service's own spans. */
export interface SpanTerms {
  readonly serviceName?: string;
  readonly remoteServiceName?: string;
  readonly spanName?: string;
  /** By key: a tag's value, or the empty text for a tag of any value or an annotation of that name. */
  readonly annotations: ReadonlyMap<string, string>;
  /** In lower case: part of an id, a name, a service, an annotation, or a tag's key or value, whatever their case. */
  readonly text?: string;
  /** Microseconds. */
  readonly minDuration?: number;
  /** Microseconds; only with `minDuration`. */
  readonly maxDuration?: number;
}

/** When a trace began, in epoch milliseconds; both ends count. */
export interface TimeWindow {
  readonly beginMs: number;
  readonly endMs: number;
}

/** The parameters of `GET /api/v2/traces`. */
export interface TraceQuery {
  readonly terms: SpanTerms;
  readonly window: TimeWindow;
  readonly limit: number;
}

/** What a query is completed with. */
export interface QueryDefaults {
  /** Epoch milliseconds. */
  readonly nowMs: number;
  readonly lookbackMs: number;
}

/** More traces than anybody can look at; Zipkin has no limit to the limit. */
const MAX_LIMIT = 100_000;

/** Reads the query of `GET /api/v2/traces` as Zipkin does. @throws ViewerProblem 400. */
export function readTraceQuery(search: URLSearchParams, defaults: QueryDefaults): TraceQuery {
  return {
    terms: readSpanTerms(search),
    window: readWindow(search, defaults),
    limit: wholeNumber(search, 'limit', { max: MAX_LIMIT }) ?? 10,
  };
}

/** Reads what a span must have. @throws ViewerProblem 400. */
export function readSpanTerms(search: URLSearchParams): SpanTerms {
  const minDuration = wholeNumber(search, 'minDuration');
  const maxDuration = wholeNumber(search, 'maxDuration');
  if (maxDuration !== undefined) {
    if (minDuration === undefined) throw badParameter('maxDuration', 'needs minDuration, got none');
    if (maxDuration < minDuration) {
      throw badParameter('maxDuration', `must be at least minDuration (${minDuration}), got ${maxDuration}`);
    }
  }
  const spanName = optionalText(search, 'spanName')?.toLowerCase();
  return {
    serviceName: optionalText(search, 'serviceName')?.toLowerCase(),
    remoteServiceName: optionalText(search, 'remoteServiceName')?.toLowerCase(),
    spanName: spanName === 'all' ? undefined : spanName,
    annotations: parseAnnotationQuery(search.get('annotationQuery') ?? ''),
    minDuration,
    maxDuration,
  };
}

/** Reads `endTs` and `lookback`. @throws ViewerProblem 400. */
export function readWindow(search: URLSearchParams, { nowMs, lookbackMs }: QueryDefaults): TimeWindow {
  const endMs = wholeNumber(search, 'endTs') ?? nowMs;
  return { endMs, beginMs: endMs - (wholeNumber(search, 'lookback') ?? lookbackMs) };
}

/**
 * Terms joined by ` and `, each `key` or `key=value`. A later value of a key replaces an earlier one, a bare key
 * replaces none.
 */
export function parseAnnotationQuery(text: string): ReadonlyMap<string, string> {
  const terms = new Map<string, string>();
  if (text === '') return terms;
  for (const term of text.split(' and ')) {
    const at = term.indexOf('=');
    const key = trimmed(at === -1 ? term : term.slice(0, at));
    if (at !== -1) terms.set(key, trimmed(term.slice(at + 1)));
    else if (!terms.has(key)) terms.set(key, '');
  }
  return terms;
}

/** Without the characters up to U+0020 at both ends, as Java's trim has it: it knows no other white space. */
function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 0x20) start += 1;
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end -= 1;
  return text.slice(start, end);
}
