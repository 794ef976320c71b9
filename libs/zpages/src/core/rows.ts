import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Ledger } from './ledger.js';
import type { NameRecord } from './names.js';
import type { Row } from './query.js';

/** How the overflow row is called where a name is wanted. */
export const OVERFLOW_NAME = '(other names)';

/** Which row each running span is in now, by the names they have now. */
export interface RunningByRow {
  /** Names with a row; the value is how many run. */
  readonly counts: ReadonlyMap<string, number>;
  readonly overflow: number;
}

/** Counts the running spans by name. Names without ended spans have a row only while there is room for it. */
export function countRunning({ runningSpans, names, settings }: Ledger): RunningByRow {
  const counts = new Map<string, number>();
  let overflow = 0;
  let free = settings.maxNames - names.size;
  for (const { name } of runningSpans.all()) {
    const row = names.rowName(name);
    const count = counts.get(row);
    if (count !== undefined) counts.set(row, count + 1);
    else if (names.get(row) !== undefined) counts.set(row, 1);
    else if (free > 0) {
      counts.set(row, 1);
      free--;
    } else overflow++;
  }
  return { counts, overflow };
}

/** All rows, the overflow row last. */
export function allRows(ledger: Ledger): Row[] {
  const running = countRunning(ledger);
  const names = new Set(running.counts.keys());
  for (const { name } of ledger.names.records()) names.add(name);
  // Sorted by code units, without a comparator of ours: that takes a third of the time.
  const rows = [...names].toSorted().map((name) => namedRow(ledger, running, name));
  const overflow = overflowRow(ledger, running);
  return overflow === undefined ? rows : [...rows, overflow];
}

/** The row of a name that has one, else undefined. */
export function findRow(ledger: Ledger, running: RunningByRow, name: string): Row | undefined {
  const row = ledger.names.rowName(name);
  const isThere = ledger.names.get(row) !== undefined || running.counts.has(row);
  return isThere ? namedRow(ledger, running, row) : undefined;
}

/** Undefined while there is room for all names. */
export function overflowRow(ledger: Ledger, running: RunningByRow): Row | undefined {
  const record = ledger.names.overflow;
  if (record === undefined && running.overflow === 0) return undefined;
  return { ...rowOf(ledger, record, OVERFLOW_NAME, running.overflow), overflow: true };
}

/** Whether a running span is in the overflow row. */
export function isInOverflow(ledger: Ledger, running: RunningByRow, span: ReadableSpan): boolean {
  return !running.counts.has(ledger.names.rowName(span.name));
}

function namedRow(ledger: Ledger, running: RunningByRow, name: string): Row {
  return rowOf(ledger, ledger.names.get(name), name, running.counts.get(name) ?? 0);
}

function rowOf({ scale }: Ledger, record: NameRecord | undefined, name: string, running: number): Row {
  if (record === undefined) {
    return { name, running, errors: 0, latency: scale.boundsNanos.map(() => 0) };
  }
  const row: Writable<Row> = { name, running, errors: record.errors, latency: record.buckets(scale) };
  const percentiles = record.percentiles(scale);
  if (percentiles !== undefined) row.percentiles = percentiles;
  if (record.messaging !== undefined) row.messaging = record.messaging.columns(scale);
  return row;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
