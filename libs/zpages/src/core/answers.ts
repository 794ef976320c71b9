import type { Ledger } from './ledger.js';
import type { NameRecord } from './names.js';
import { endedSpan, runningSpan, stuckSpan } from './plain-span.js';
import type {
  ErrorAnswer,
  ErrorQuery,
  LatencyAnswer,
  LatencyQuery,
  QueryResult,
  Row,
  RunningAnswer,
  RunningQuery,
  StuckSpans,
  Totals,
} from './query.js';
import type { EndedSpan } from './span-data.js';
import { countRunning, findRow, isInOverflow, overflowRow } from './rows.js';
import type { RunningByRow } from './rows.js';
import { ageMs } from './span-times.js';
import { cutText } from './text.js';

/** The counts of all names together. */
export function totalsOf(ledger: Ledger): Totals {
  const { started, adopted, running, errors, latency, dropped, runningSpans } = ledger;
  const runningUntracked = running - runningSpans.size;
  return { started, adopted, running, runningUntracked, errors, latency, dropped };
}

/** Spans that run for too long. */
export function stuckSpans(ledger: Ledger, nowMs: number): StuckSpans {
  const { settings, runningSpans } = ledger;
  const { stuckAfterMs: afterMs, maxRunningSamples } = settings;
  const { count, spans } = runningSpans.oldest(maxRunningSamples, (span) => ageMs(span, nowMs) >= afterMs);
  return { afterMs, count, spans: spans.map((span) => stuckSpan(span, nowMs, settings.maxNameLength)) };
}

/** Samples of one latency bucket. */
export function answerLatency(
  ledger: Ledger,
  query: LatencyQuery,
  nowUnixMs: number,
): QueryResult<LatencyAnswer> {
  const { boundsNanos } = ledger.scale;
  const { bucket } = query;
  if (!Number.isInteger(bucket) || bucket < 0 || bucket >= boundsNanos.length) {
    const rule = `A latency bucket is a whole number from 0 to ${boundsNanos.length - 1}`;
    return invalid(`${rule}, got ${shown(bucket)}`);
  }
  const found = findRecord(ledger, query);
  if (found === undefined) return unknownName(query);
  const upperNanos = boundsNanos[bucket + 1];
  return ok({
    nowUnixMs,
    row: found.row,
    bucket,
    lowerNanos: boundsNanos[bucket] as number,
    ...(upperNanos === undefined ? {} : { upperNanos }),
    count: found.row.latency[bucket] as number,
    samples: samplesOf(found.record, bucket),
  });
}

/** Error samples and groups. */
export function answerError(ledger: Ledger, query: ErrorQuery, nowUnixMs: number): QueryResult<ErrorAnswer> {
  const found = findRecord(ledger, query);
  if (found === undefined) return unknownName(query);
  return ok({
    nowUnixMs,
    row: found.row,
    count: found.row.errors,
    samples: samplesOf(found.record, ledger.scale.boundsNanos.length),
    groups: found.record?.errorGroups?.list() ?? [],
  });
}

/** The oldest running spans, of one row or of all. */
export function answerRunning(
  ledger: Ledger,
  query: RunningQuery,
  nowUnixMs: number,
): QueryResult<RunningAnswer> {
  const { settings, names, runningSpans } = ledger;
  const limit = query.limit ?? settings.maxRunningSamples;
  if (!Number.isInteger(limit) || limit < 0) {
    return invalid(`A limit is a whole number, 0 or more, got ${shown(limit)}`);
  }
  const running = countRunning(ledger);
  const row = rowOf(ledger, running, query);
  const isAll = query.name === undefined && query.overflow !== true;
  if (row === undefined && !isAll) return unknownName(query);
  const { count, spans } = runningSpans.oldest(Math.min(limit, settings.maxRunningSamples), (span) => {
    if (isAll) return true;
    return query.overflow === true
      ? isInOverflow(ledger, running, span)
      : names.rowName(span.name) === row?.name;
  });
  return ok({
    nowUnixMs,
    ...(row === undefined ? {} : { row }),
    count,
    countIsLowerBound: ledger.running > runningSpans.size,
    spans: spans.map((span) => runningSpan(span, nowUnixMs, settings)),
  });
}

/** A name or the overflow row, as queries give it. */
interface Ref {
  readonly name?: string | undefined;
  readonly overflow?: boolean | undefined;
}

function rowOf(ledger: Ledger, running: RunningByRow, { name, overflow }: Ref): Row | undefined {
  if (overflow === true) return overflowRow(ledger, running);
  return typeof name === 'string' ? findRow(ledger, running, name) : undefined;
}

function findRecord(
  ledger: Ledger,
  ref: Ref,
): { readonly row: Row; readonly record: NameRecord | undefined } | undefined {
  const row = rowOf(ledger, countRunning(ledger), ref);
  if (row === undefined) return undefined;
  return { row, record: row.overflow === true ? ledger.names.overflow : ledger.names.get(row.name) };
}

function samplesOf(record: NameRecord | undefined, at: number): EndedSpan[] {
  return record?.samples?.[at]?.records().map(endedSpan) ?? [];
}

function ok<T>(answer: T): QueryResult<T> {
  return { ok: true, answer };
}

function invalid(message: string): QueryResult<never> {
  return { ok: false, error: { code: 'invalid_argument', message } };
}

function unknownName({ name, overflow }: Ref): QueryResult<never> {
  const message =
    overflow === true
      ? 'A row for other names is there once there are more names than maxNames; now there is none'
      : `A span name is one that runs, or has ended, in this process, got ${shown(name)}`;
  return { ok: false, error: { code: 'not_found', message } };
}

/** A value in a message: quoted and cut, as it may be anything. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(cutText(value, 100));
  try {
    return cutText(String(value), 100);
  } catch {
    return typeof value;
  }
}
