import type {
  AggregationsAnswer,
  ErrorGroup,
  MessagingColumns,
  QueryResult,
  Row,
  ZpagesAnswers,
  ZpagesCore,
  ZpagesQuery,
} from '../query.js';
import type { EndedSpan, PlainValue, RunningSpan } from '../span-data.js';

/** The moment of every answer: 2026-11-22 12:00:00 UTC. */
export const NOW_MS = Date.UTC(2026, 10, 22, 12);

const BOUNDS = [0, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11];

/** A name and what is known of it. */
export interface FakeName {
  readonly overflow?: true;
  readonly running?: readonly RunningSpan[];
  readonly errors?: readonly EndedSpan[];
  readonly latency?: readonly EndedSpan[];
  readonly groups?: readonly ErrorGroup[];
  /** Its traces are not whole: how many of their spans are known to be missing. */
  readonly notKept?: readonly [number] | undefined;
  readonly messaging?: MessagingColumns;
  /** Instead of the numbers of samples. */
  readonly counts?: {
    readonly running?: number;
    readonly errors?: number;
    readonly latency?: readonly number[];
  };
}

let lastId = 0;

function ids() {
  const id = ++lastId;
  return { traceId: id.toString(16).padStart(32, '0'), spanId: id.toString(16).padStart(16, '0') };
}

const COMMON = {
  kind: 'INTERNAL',
  scopeName: 'test',
  sampled: true,
  status: 'UNSET',
  attributes: [],
  events: [],
  links: [],
  droppedAttributes: 0,
  droppedEvents: 0,
  droppedLinks: 0,
} as const;

/** Attributes as the answers have them. */
export function attributes(values: Readonly<Record<string, PlainValue>>) {
  return Object.entries(values).map(([key, value]) => ({ key, value }));
}

/** A span that has ended. */
export function ended(name: string, durationNanos: number, rest: Partial<EndedSpan> = {}): EndedSpan {
  const startUnixMicros = NOW_MS * 1000 - durationNanos / 1000;
  return { ...COMMON, ...ids(), name, running: false, durationNanos, startUnixMicros, ...rest };
}

/** A span that runs. */
export function running(name: string, ageMs = 1500, rest: Partial<RunningSpan> = {}): RunningSpan {
  return {
    ...COMMON,
    ...ids(),
    name,
    running: true,
    ageMs,
    startUnixMicros: (NOW_MS - ageMs) * 1000,
    ...rest,
  };
}

/** Answers queries as an aggregator does that holds `names`; the map may change between queries. */
export function fakeCore(
  names: ReadonlyMap<string, FakeName>,
  change: (answer: AggregationsAnswer) => AggregationsAnswer = (answer) => answer,
): ZpagesCore {
  const answer = (query: ZpagesQuery): QueryResult<ZpagesAnswers[ZpagesQuery['kind']]> => {
    if (query.kind === 'aggregations') return { ok: true, answer: change(aggregations(names)) };
    if (query.kind === 'trace') return trace(names, query.traceId);
    if (query.kind === 'running' && query.name === undefined && query.overflow !== true) {
      const spans = [...names.values()].flatMap((data) => data.running ?? []);
      return {
        ok: true,
        answer: { nowUnixMs: NOW_MS, count: spans.length, countIsLowerBound: false, spans },
      };
    }
    const found = [...names].find(([name, data]) =>
      query.overflow === true ? data.overflow === true : name === query.name && data.overflow !== true,
    );
    if (found === undefined) return notFound('no such name');
    const [name, data] = found;
    return { ok: true, answer: details(query, data, rowOf(name, data)) };
  };
  return { query: (query) => answer(query) as never };
}

function details(query: ZpagesQuery, data: FakeName, row: Row): ZpagesAnswers[ZpagesQuery['kind']] {
  const nowUnixMs = NOW_MS;
  if (query.kind === 'running') {
    const spans = (data.running ?? []).slice(0, query.limit ?? 20);
    return { nowUnixMs, row, count: row.running, countIsLowerBound: false, spans };
  }
  if (query.kind === 'error') {
    return { nowUnixMs, row, count: row.errors, samples: data.errors ?? [], groups: data.groups ?? [] };
  }
  if (query.kind !== 'latency') throw new Error(query.kind);
  const { bucket } = query;
  const samples = (data.latency ?? []).filter((span) => bucketOf(span) === bucket);
  const [lowerNanos = 0, upperNanos] = BOUNDS.slice(bucket);
  return { nowUnixMs, row, bucket, lowerNanos, upperNanos, count: row.latency[bucket] ?? 0, samples };
}

function trace(names: ReadonlyMap<string, FakeName>, traceId: string): QueryResult<ZpagesAnswers['trace']> {
  const all = [...names.values()].flatMap(({ running = [], errors = [], latency = [] }) => [
    ...running,
    ...errors,
    ...latency,
  ]);
  const [lost] = [...names.values()].flatMap(({ notKept = [] }) => notKept);
  const spans = all
    .filter((span) => span.traceId === traceId)
    .map((span) => ({ ...span, depth: span.parentSpanId === undefined ? 0 : 1 }))
    .toSorted((a, b) => a.depth - b.depth);
  return spans.length === 0
    ? notFound('no such trace')
    : {
        ok: true,
        answer: {
          nowUnixMs: NOW_MS,
          traceId,
          spans,
          spansLeftOut: 0,
          spansNotKept: lost ?? 0,
          whole: lost === undefined,
        },
      };
}

function notFound(message: string) {
  return { ok: false, error: { code: 'not_found', message } } as const;
}

function bucketOf({ durationNanos }: EndedSpan): number {
  return BOUNDS.findLastIndex((bound) => durationNanos >= bound);
}

function rowOf(name: string, data: FakeName): Row {
  const latency = BOUNDS.map((_, i) => (data.latency ?? []).filter((span) => bucketOf(span) === i).length);
  return {
    name,
    overflow: data.overflow,
    running: data.counts?.running ?? data.running?.length ?? 0,
    errors: data.counts?.errors ?? data.errors?.length ?? 0,
    latency: data.counts?.latency ?? latency,
    percentiles: latency.some((number) => number > 0) ? { p50Ms: 1, p95Ms: 2, p99Ms: 3 } : undefined,
    messaging: data.messaging,
  };
}

function aggregations(names: ReadonlyMap<string, FakeName>): AggregationsAnswer {
  const rows = [...names].map(([name, data]) => rowOf(name, data));
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
  const runningNow = sum((row) => row.running);
  const errors = sum((row) => row.errors);
  const latency = sum((row) => row.latency.reduce((total, number) => total + number, 0));
  const stuck = [...names.values()]
    .flatMap((data) => data.running ?? [])
    .filter((span) => span.ageMs > 60_000);
  return {
    nowUnixMs: NOW_MS,
    boundsNanos: BOUNDS,
    rows,
    totals: {
      started: runningNow + errors + latency,
      adopted: 0,
      running: runningNow,
      runningUntracked: 0,
      errors,
      latency,
      dropped: 0,
    },
    stuck: { afterMs: 60_000, count: stuck.length, spans: stuck },
    self: {
      sinceUnixMs: NOW_MS - 200_000,
      processors: 1,
      unsampledSeen: 0,
      names: rows.length,
      maxNames: 1000,
      namesRetired: 0,
      trackedRunning: runningNow,
      maxRunningSpans: 10_000,
      samples: errors + latency,
      sampleBytes: 4096,
      maxSampleBytes: 16 * 1024 * 1024,
      samplesEvicted: 0,
      traceBytes: 0,
      maxTraceBytes: 8 * 1024 * 1024,
      tracesEvicted: 0,
      recentSpans: 2048,
      handOffOverflows: 0,
      handOffCapacity: 256,
      internalErrors: 0,
    },
  };
}
