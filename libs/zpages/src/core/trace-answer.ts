import { shown } from './answers.js';
import type { Ledger } from './ledger.js';
import { endedSpan, runningSpan } from './plain-span.js';
import type { SampleRecord } from './sample-record.js';
import { unixMicros } from './span-times.js';
import type { TraceRest } from './traces.js';
import type { QueryResult, TraceAnswer, TraceSpan } from './query.js';
import type { EndedSpan, RunningSpan } from './span-data.js';

const MAX_SPANS = 1000;
const TRACE_ID = /^[0-9a-f]{32}$/i;

type AnySpan = EndedSpan | RunningSpan;

/** All spans of one trace that run or are kept. */
export function answerTrace(ledger: Ledger, given: string, nowUnixMs: number): QueryResult<TraceAnswer> {
  if (typeof given !== 'string' || !TRACE_ID.test(given)) {
    const message = `A trace id is 32 hexadecimal digits, got ${shown(given)}`;
    return { ok: false, error: { code: 'invalid_argument', message } };
  }
  // Ids are in lower case, but for those that a caller made up. Whoever asks may have written it otherwise.
  let traceId = given.toLowerCase();
  let { rest, found } = membersOf(ledger, traceId);
  for (const spelling of [given, given.toUpperCase()]) {
    if (found.length > 0) break;
    ({ rest, found } = membersOf(ledger, spelling));
    if (found.length > 0) traceId = spelling;
  }
  if (found.length === 0) {
    const message = `A trace is shown while one of its spans runs or is kept as a sample, which is so for none of ${traceId}`;
    return { ok: false, error: { code: 'not_found', message } };
  }
  // Only now copied out: a trace may have more spans than an answer should.
  const kept = found.toSorted((a, b) => a.startUnixMicros - b.startUnixMicros).slice(0, MAX_SPANS);
  const answer: TraceAnswer = {
    nowUnixMs,
    traceId,
    spans: asTree(kept.map(({ plain }) => plain(nowUnixMs))),
    spansLeftOut: found.length - kept.length,
    spansNotKept: rest.lost,
    whole: isWhole(ledger, found, rest),
  };
  return { ok: true, answer };
}

/** A span of the trace, not yet copied out. */
interface Member extends Pick<
  SampleRecord,
  'startUnixMicros' | 'spanId' | 'parentSpanId' | 'parentIsRemote'
> {
  readonly plain: (nowMs: number) => AnySpan;
}

function membersOf(
  { samples, runningSpans, traces, settings }: Ledger,
  traceId: string,
): { readonly rest: TraceRest; readonly found: readonly Member[] } {
  const ofTrace = new Map<string, SampleRecord>();
  for (const record of samples.all()) if (record.traceId === traceId) ofTrace.set(record.spanId, record);
  const rest = traces.of(traceId, ofTrace);
  // Samples last: they know more than outlines do.
  const records = new Map([...rest.records.map((record) => [record.spanId, record] as const), ...ofTrace]);
  const members: Member[] = Array.from(records.values(), (record) => ({
    ...record,
    plain: () => endedSpan(record),
  }));
  for (const span of runningSpans.all()) {
    const { traceId: ofSpan, spanId } = span.spanContext();
    if (ofSpan !== traceId) continue;
    members.push({
      startUnixMicros: unixMicros(span.startTime),
      spanId,
      parentSpanId: span.parentSpanContext?.spanId,
      parentIsRemote: span.parentSpanContext?.isRemote === true,
      plain: (nowMs) => runningSpan(span, nowMs, settings),
    });
  }
  return { rest, found: members };
}

/** Whether all that was ever seen below the spans through which the trace came here is still here. */
function isWhole(
  { running, runningSpans }: Ledger,
  members: readonly Member[],
  { lost, sinceMs }: TraceRest,
): boolean {
  if (lost > 0 || running > runningSpans.size) return false;
  const ids = new Set(members.map(({ spanId }) => spanId));
  return members.every(({ parentSpanId, parentIsRemote, startUnixMicros }) => {
    if (parentSpanId !== undefined && !parentIsRemote) return ids.has(parentSpanId);
    return startUnixMicros / 1000 > sinceMs;
  });
}

/** By start; a start is known to the millisecond only, so what began together stands in the order of the ends. */
function inTime(a: AnySpan, b: AnySpan): number {
  return a.startUnixMicros - b.startUnixMicros || nanosOf(a) - nanosOf(b);
}

function nanosOf(span: AnySpan): number {
  return span.running ? span.ageMs * 1e6 : span.durationNanos;
}

/** Parents above their children, siblings by start. Parents that are not there, or that form a ring, make roots. */
export function asTree(spans: readonly AnySpan[]): TraceSpan[] {
  const sorted = spans.toSorted(inTime);
  const ids = new Set(sorted.map(({ spanId }) => spanId));
  const children = Map.groupBy(sorted, ({ parentSpanId }) =>
    parentSpanId !== undefined && ids.has(parentSpanId) ? parentSpanId : undefined,
  );
  const placed: TraceSpan[] = [];
  const seen = new Set<AnySpan>();
  const place = (roots: readonly AnySpan[]): void => {
    // A stack of its own: a chain of 10,000 spans is deeper than the engine's.
    const stack = roots.toReversed().map((span) => ({ span, depth: 0 }));
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const { span, depth } = top;
      if (seen.has(span)) continue;
      seen.add(span);
      placed.push({ ...span, depth });
      const below = children.get(span.spanId) ?? [];
      stack.push(...below.toReversed().map((child) => ({ span: child, depth: depth + 1 })));
    }
  };
  place(children.get(undefined) ?? []);
  for (const span of sorted) if (!seen.has(span)) place([span]);
  return placed;
}
