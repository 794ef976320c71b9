/**
 * What pages may ask the aggregator, and what they get: plain data, safe to serialise as JSON, detached from the
 * live state (an answer never changes after it was given).
 */

import type { EndedSpan, RunningSpan, SpanKindName, StuckSpan } from './span-data.js';

/** Which row a detail query is about: a span name (any string, also the empty one), or the overflow row. */
export type RowRef =
  { readonly name: string; readonly overflow?: false } | { readonly name?: string; readonly overflow: true };

/** One row per span name, totals, stuck spans and the aggregator's own account. */
export interface AggregationsQuery {
  readonly kind: 'aggregations';
}

/** The kept samples of one latency bucket of a row, oldest first. */
export type LatencyQuery = { readonly kind: 'latency'; readonly bucket: number } & RowRef;

/** The oldest running spans of a row; of all rows where neither `name` nor `overflow` is given. */
export interface RunningQuery {
  readonly kind: 'running';
  readonly name?: string;
  readonly overflow?: boolean;
  /** How many at most. Default and upper bound: the `maxRunningSamples` option. */
  readonly limit?: number;
}

/** The kept error samples of a row, oldest first, and its error groups. */
export type ErrorQuery = { readonly kind: 'error' } & RowRef;

/** All spans of one trace in this process, as long as one of them runs or is a sample. */
export interface TraceQuery {
  readonly kind: 'trace';
  /** 32 hexadecimal digits, either case. */
  readonly traceId: string;
}

/** Everything that can be asked. */
export type ZpagesQuery = AggregationsQuery | LatencyQuery | RunningQuery | ErrorQuery | TraceQuery;

/** The answer to each kind of query. */
export interface ZpagesAnswers {
  readonly aggregations: AggregationsAnswer;
  readonly latency: LatencyAnswer;
  readonly running: RunningAnswer;
  readonly error: ErrorAnswer;
  readonly trace: TraceAnswer;
}

/** Why a query has no answer. The message says the rule and what came; it may quote a hostile name. */
export interface QueryError {
  readonly code: 'not_found' | 'invalid_argument';
  readonly message: string;
}

/** An answer, or why there is none. */
export type QueryResult<T> =
  { readonly ok: true; readonly answer: T } | { readonly ok: false; readonly error: QueryError };

/** What the pages need of the aggregator. `query` never throws and changes nothing that can be asked for. */
export interface ZpagesCore {
  query<Q extends ZpagesQuery>(query: Q): QueryResult<ZpagesAnswers[Q['kind']]>;
}

/** The answer to an {@link AggregationsQuery}. */
export interface AggregationsAnswer {
  /** When this was answered, epoch milliseconds by the clock of this process. */
  readonly nowUnixMs: number;
  /** Lower bounds of the latency buckets, nanoseconds, ascending; bucket i holds `bounds[i] <= latency < bounds[i + 1]`. */
  readonly boundsNanos: readonly number[];
  /** Sorted by name (code units); the overflow row, if any, is the last. */
  readonly rows: readonly Row[];
  readonly totals: Totals;
  /** Spans that run longer than the `stuckAfterMs` option, oldest first, at most `maxRunningSamples`. */
  readonly stuck: StuckSpans;
  readonly self: SelfAccount;
}

/** The counts of one span name. All are true totals since the start, not numbers of samples. */
export interface Row {
  readonly name: string;
  /** Set on the one row that stands for all names beyond the `maxNames` option. */
  readonly overflow?: true;
  /** Spans of this name (their name now) that run; a lower bound where `Totals.runningUntracked` is not 0. */
  readonly running: number;
  readonly errors: number;
  /** One count per latency bucket of spans that ended without error. */
  readonly latency: readonly number[];
  /** Percentiles of spans that ended without error; within 7 %. Absent before the first. */
  readonly percentiles?: Percentiles;
  /** There once a PRODUCER or CONSUMER span ended under this name. */
  readonly messaging?: MessagingColumns;
}

/** Estimates from log-linear counters. Milliseconds with fractions. */
export interface Percentiles {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** What a row knows of RabbitMQ (or of another broker). */
export interface MessagingColumns {
  /** The kind of the latest such span. */
  readonly spanKind: SpanKindName;
  /** `messaging.destination.template`, else `messaging.destination.name`, of the latest. */
  readonly destination?: string;
  /** How many of the spans handled a message that the broker had delivered before. */
  readonly redelivered: number;
  /** The highest number of earlier deliveries seen (quorum queues say it). */
  readonly maxDeliveryCount: number;
  /** From publish to the start of its handling; absent where no span said it. */
  readonly lag?: Percentiles & { readonly count: number; readonly maxMs: number };
}

/** Always: `started + adopted === running + errors + latency + dropped`. */
export interface Totals {
  /** Spans whose start was seen. */
  readonly started: number;
  /** Spans whose end was seen, but not their start; they count as an end. */
  readonly adopted: number;
  /** Spans that have not ended, tracked or not. */
  readonly running: number;
  /**
   * How many of them are in no row, sample or trace: beyond `maxRunningSpans`, or lost by the application and so
   * collected (all but the oldest 1,000 may be). 0 means that rows are exact.
   */
  readonly runningUntracked: number;
  readonly errors: number;
  /** Sum of all latency buckets of all rows. */
  readonly latency: number;
  /** Spans that could be counted nowhere, because reading them threw. */
  readonly dropped: number;
}

/** Spans that look forgotten. They still count as running. */
export interface StuckSpans {
  /** The age that makes a span stuck, milliseconds. */
  readonly afterMs: number;
  readonly count: number;
  readonly spans: readonly StuckSpan[];
}

/** What zPages itself costs and has lost. */
export interface SelfAccount {
  /** When collecting began, epoch milliseconds. */
  readonly sinceUnixMs: number;
  /**
   * Span processors that were made for this aggregator and are not shut down. 0: nothing can bring spans any more.
   * Whether a tracer provider has them is not known here: a processor is not told.
   */
  readonly processors: number;
  /** Ended spans whose trace is not sampled for export. Always 0 with a plain ratio sampler: see `alwaysRecord`. */
  readonly unsampledSeen: number;
  readonly names: number;
  readonly maxNames: number;
  /** Names that made room for newer ones, as nothing had ended under them for long; the overflow row has their counts. */
  readonly namesRetired: number;
  readonly trackedRunning: number;
  readonly maxRunningSpans: number;
  readonly samples: number;
  /** Estimated bytes of the kept samples. */
  readonly sampleBytes: number;
  readonly maxSampleBytes: number;
  /** Samples given up before their time because of `maxSampleBytes`. */
  readonly samplesEvicted: number;
  /** Estimated bytes of the other spans of the traces that samples belong to. */
  readonly traceBytes: number;
  readonly maxTraceBytes: number;
  /** Traces of which only the samples are left because of `maxTraceBytes`. */
  readonly tracesEvicted: number;
  /** Of how many spans that ended last the outlines are held, for traces. */
  readonly recentSpans: number;
  /** Times the hand-off was full and emptied by the span that found it so (nothing is lost by it). */
  readonly handOffOverflows: number;
  /** Size of the hand-off, messages. */
  readonly handOffCapacity: number;
  /** Exceptions caught inside zPages. */
  readonly internalErrors: number;
  /** The latest of them, as text. */
  readonly lastInternalError?: string;
}

/** The answer to a {@link LatencyQuery}. */
export interface LatencyAnswer {
  readonly nowUnixMs: number;
  readonly row: Row;
  readonly bucket: number;
  readonly lowerNanos: number;
  /** Absent for the last bucket. */
  readonly upperNanos?: number;
  /** The true total of the bucket. */
  readonly count: number;
  readonly samples: readonly EndedSpan[];
}

/** The answer to a {@link RunningQuery}: "spans.length of count". */
export interface RunningAnswer {
  readonly nowUnixMs: number;
  /** Absent where all rows were asked for. */
  readonly row?: Row;
  /** How many run, of those asked for. */
  readonly count: number;
  /** There may be more than `count` (see `Totals.runningUntracked`). */
  readonly countIsLowerBound: boolean;
  /** The oldest, oldest first, with attributes as they are now. */
  readonly spans: readonly RunningSpan[];
}

/** The answer to an {@link ErrorQuery}. */
export interface ErrorAnswer {
  readonly nowUnixMs: number;
  readonly row: Row;
  /** The true total. */
  readonly count: number;
  readonly samples: readonly EndedSpan[];
  /** Most frequent first; their counts sum up to `count`. */
  readonly groups: readonly ErrorGroup[];
}

/** Errors of one name with the same type and message. */
export interface ErrorGroup {
  /** `exception.type` of the last exception, else `error.type`; absent where neither is known. */
  readonly type?: string;
  /** The status message, else the exception's; may be cut. */
  readonly message?: string;
  /** Set on the one group that stands for all beyond the `maxErrorGroups` option: those not seen for longest. */
  readonly other?: true;
  readonly count: number;
  readonly firstUnixMs: number;
  readonly lastUnixMs: number;
}

/** The answer to a {@link TraceQuery}. `not_found` where no span of the trace runs or is kept. */
export interface TraceAnswer {
  readonly nowUnixMs: number;
  readonly traceId: string;
  /** Depth first: a parent stands above its children, siblings by start. At most 1,000, those that started first. */
  readonly spans: readonly TraceSpan[];
  /** How many more there are, here but beyond those 1,000. */
  readonly spansLeftOut: number;
  /** How many more have ended here and are not kept; those known of. */
  readonly spansNotKept: number;
  /**
   * Nothing is missing: where the trace came into this process with a span of the answer, all that happened below
   * it is in the answer or counted in `spansLeftOut`. Where it came in at other times too, and no sample was
   * taken of that, nobody knows.
   */
  readonly whole: boolean;
}

/** A span with its place in the trace. */
export type TraceSpan = (EndedSpan | RunningSpan) & {
  /** 0 for a span whose parent is not among the spans of the answer. */
  readonly depth: number;
};
