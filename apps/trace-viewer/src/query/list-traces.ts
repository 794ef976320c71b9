import type { TraceSummary } from '@distrace/zipkin';
import type { TraceReader } from '../store/span-store.js';
import type { StoredTrace } from '../store/stored-trace.js';
import { quickTest, takeMatching } from './find-traces.js';
import { Slicer, type SliceOptions } from '../in-slices.js';
import { writeCursor, type ListCursor, type ListQuery } from './list-query.js';
import { asksNothing } from './span-matcher.js';
import type { SummaryCache } from './summary-cache.js';

/** One line of the list. */
export interface ListedTrace extends TraceSummary {
  /** Epoch milliseconds of its last new span's arrival. */
  readonly changedAtMs: number;
}

/** One page of the list. */
export interface TraceList {
  readonly traces: readonly ListedTrace[];
  /** The parameter `before` of the next page; absent on the last one. */
  readonly next?: string;
}

/** What {@link listTraces} reads from. */
export interface ListSource {
  readonly reader: TraceReader;
  readonly summaries: SummaryCache;
}

/** The traces that fit, the one that began last first, each summed up. */
export async function listTraces(
  { reader, summaries }: ListSource,
  query: ListQuery,
  options: SliceOptions = {},
): Promise<TraceList> {
  const slicer = new Slicer(options);
  const wanted = { terms: query.terms, limit: query.limit + 1 };
  const found = await takeMatching(candidatesOf(reader, query), wanted, options);
  const page = found.slice(0, query.limit);
  const traces: ListedTrace[] = [];
  for (const trace of page) {
    traces.push({ ...(await summaries.of(trace)), changedAtMs: trace.changedAtMs });
    if (slicer.isOver) await slicer.pause();
  }
  const last = page.at(-1);
  return { traces, ...(found.length > page.length && last && { next: writeCursor(last) }) };
}

function candidatesOf(reader: TraceReader, query: ListQuery): StoredTrace[] {
  const { terms, limit, before, minDuration = 0, maxDuration = Infinity, onlyErrors } = query;
  const begin = (query.beginMs ?? 0) * 1000;
  const end = (query.endMs ?? Infinity) * 1000;
  const wanted = asksNothing(terms) ? limit + 1 : Infinity;
  const mayMatch = quickTest(reader, terms);
  const candidates: StoredTrace[] = [];
  for (const trace of reader.byStart()) {
    if (candidates.length >= wanted || trace.listedAt < begin) break;
    if (trace.listedAt > end || (before && !comesBefore(trace, before))) continue;
    const duration = trace.end - trace.earliest;
    if (duration < minDuration || duration > maxDuration || (onlyErrors && !trace.failed)) continue;
    if (mayMatch(trace)) candidates.push(trace);
  }
  return candidates;
}

function comesBefore(trace: StoredTrace, { listedAt, arrival }: ListCursor): boolean {
  return trace.listedAt < listedAt || (trace.listedAt === listedAt && trace.arrival < arrival);
}
