import type { Span } from '@distrace/zipkin';
import type { Name } from '../store/name-index.js';
import type { TraceReader } from '../store/span-store.js';
import type { StoredTrace } from '../store/stored-trace.js';
import { Slicer, type SliceOptions } from '../in-slices.js';
import { asksNothing, createMatcherFactory, type SpanMatcher } from './span-matcher.js';
import type { SpanTerms, TimeWindow, TraceQuery } from './trace-query.js';

/** Whether a trace began in a window, as Zipkin says it: its root's start, else the earliest; both ends count. */
export function beganWithin({ timestamp }: StoredTrace, { beginMs, endMs }: TimeWindow): boolean {
  return timestamp !== 0 && timestamp >= beginMs * 1000 && timestamp <= endMs * 1000;
}

/** The traces that a query finds, the latest first. */
export async function findTraces(
  reader: TraceReader,
  { terms, window, limit }: TraceQuery,
  options: SliceOptions = {},
): Promise<StoredTrace[]> {
  const wanted = asksNothing(terms) ? limit : Infinity;
  const candidates: StoredTrace[] = [];
  const mayMatch = quickTest(reader, terms);
  for (const trace of reader.byLatestSpan()) {
    if (trace.latest < window.beginMs * 1000 || candidates.length >= wanted) break;
    if (beganWithin(trace, window) && mayMatch(trace)) candidates.push(trace);
  }
  return takeMatching(candidates, { terms, limit }, options);
}

/** Of some traces the first ones that have what is asked for, in their order. */
export async function takeMatching(
  candidates: readonly StoredTrace[],
  { terms, limit }: { readonly terms: SpanTerms; readonly limit: number },
  options: SliceOptions = {},
): Promise<StoredTrace[]> {
  if (asksNothing(terms)) return candidates.slice(0, limit);
  const found: StoredTrace[] = [];
  const createMatcher = createMatcherFactory(terms);
  const slicer = new Slicer(options);
  for (const trace of candidates) {
    if (found.length >= limit) break;
    if (await matchTrace(trace, createMatcher(), slicer)) found.push(trace);
  }
  return found;
}

/** What can be said of a trace without reading its spans: false when it has no chance. */
export function quickTest(reader: TraceReader, terms: SpanTerms): (trace: StoredTrace) => boolean {
  const { serviceName, spanName, remoteServiceName, minDuration = 0 } = terms;
  const names: (Name | undefined)[] = [];
  if (serviceName !== undefined) {
    names.push(reader.findName('service', '', serviceName));
    if (spanName !== undefined) names.push(reader.findName('span', serviceName, spanName));
    if (remoteServiceName !== undefined)
      names.push(reader.findName('remote', serviceName, remoteServiceName));
  }
  return (trace) =>
    trace.longest >= minDuration && names.every((name) => name !== undefined && trace.hasName(name));
}

async function matchTrace(trace: StoredTrace, matcher: SpanMatcher, slicer: Slicer): Promise<boolean> {
  for (const text of trace.texts()) {
    if (matcher.mayAdd(text)) {
      matcher.add(JSON.parse(text) as Span);
      if (matcher.matches) return true;
    }
    if (slicer.isOver) await slicer.pause();
  }
  return false;
}
