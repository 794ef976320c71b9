import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { Attributes, HrTime, Link, SpanContext, SpanStatus } from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import { SpanAggregator } from './aggregator.js';
import type { AggregatorOptions } from './options.js';
import type { AggregationsAnswer, QueryResult, ZpagesAnswers, ZpagesQuery } from './query.js';
import { TracezSpanProcessor } from './tracez-processor.js';

/** 2026-01-01, where the fake clock begins. */
export const EPOCH_MS = 1_767_225_600_000;

let lastId = 0;

/** What of a span is fixed from its start. */
export interface SpanInit {
  readonly parent?: FakeSpan;
  readonly sampled?: boolean;
  readonly kind?: SpanKind;
}

/** A span that a test can bend as it likes; what it does not set is as a new span of the SDK has it. */
export class FakeSpan implements ReadableSpan {
  readonly resource = { attributes: {} } as ReadableSpan['resource'];
  readonly instrumentationScope = { name: 'test', version: '1.0' };
  kind: SpanKind;
  context: SpanContext;
  parentSpanContext?: SpanContext;
  startTime: HrTime = [EPOCH_MS / 1e3, 0];
  endTime: HrTime = [0, 0];
  duration: HrTime = [-1, -1];
  ended = false;
  status: SpanStatus = { code: SpanStatusCode.UNSET };
  attributes: Attributes = {};
  events: TimedEvent[] = [];
  links: Link[] = [];
  droppedAttributesCount = 0;
  droppedEventsCount = 0;
  droppedLinksCount = 0;
  name: string;

  constructor(name: string, { parent, sampled = true, kind = SpanKind.INTERNAL }: SpanInit = {}) {
    const id = (++lastId).toString(16);
    this.name = name;
    this.kind = kind;
    this.context = {
      traceId: parent?.context.traceId ?? id.padStart(32, '0'),
      spanId: id.padStart(16, '0'),
      traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    };
    if (parent !== undefined) this.parentSpanContext = parent.context;
  }

  spanContext(): SpanContext {
    return this.context;
  }
}

/** How a span of a test ends. */
export interface End {
  readonly nanos?: number;
  /** The message of an error. */
  readonly error?: string;
}

/** An aggregator under test, its processor, and a clock that stands until it is moved. Samples have no interval. */
export function createTracez(options: AggregatorOptions = {}) {
  const clock = { nowMs: EPOCH_MS };
  let starts = 0;
  const aggregator = new SpanAggregator({ sampleIntervalMs: 0, now: () => clock.nowMs, ...options });
  const processor = new TracezSpanProcessor(aggregator);
  const start = (name: string, init?: SpanInit): FakeSpan => {
    const span = new FakeSpan(name, init);
    // Never twice at the same time.
    span.startTime = [Math.floor(clock.nowMs / 1e3), (clock.nowMs % 1e3) * 1e6 + (starts++ % 1e6)];
    processor.onStart(span);
    return span;
  };
  const end = (span: FakeSpan, { nanos = 0, error }: End = {}): FakeSpan => {
    if (error !== undefined) span.status = { code: SpanStatusCode.ERROR, message: error };
    span.duration = [Math.floor(nanos / 1e9), nanos % 1e9];
    span.ended = true;
    processor.onEnd(span);
    return span;
  };
  return {
    clock,
    aggregator,
    processor,
    start,
    end,
    /** Starts and ends a span. */
    run: (name: string, how?: End, init?: SpanInit) => end(start(name, init), how),
    ask: <Q extends ZpagesQuery>(query: Q) => answerOf(aggregator.query(query)),
    all: () => answerOf(aggregator.query({ kind: 'aggregations' })),
    counts: () => countsOf(answerOf(aggregator.query({ kind: 'aggregations' }))),
  };
}

/** The answer; throws where there is none. */
export function answerOf<T extends ZpagesAnswers[ZpagesQuery['kind']]>(result: QueryResult<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.answer;
}

/** `[name, running, errors, ...latency]` of each row. */
export function countsOf({ rows }: AggregationsAnswer): (string | number)[][] {
  return rows.map(({ name, running, errors, latency }) => [name, running, errors, ...latency]);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

/** What the rows and the totals must agree on, at any time: the two sides of each equation. */
export function balanceOf({ rows, totals }: AggregationsAnswer) {
  const rowLatency = sum(rows.map(({ latency }) => sum(latency)));
  const rowErrors = sum(rows.map(({ errors }) => errors));
  const rowRunning = sum(rows.map(({ running }) => running));
  return {
    seen: totals.started + totals.adopted,
    counted: totals.running + totals.errors + totals.latency + totals.dropped,
    inTotals: [totals.running, totals.errors, totals.latency],
    inRows: [rowRunning + totals.runningUntracked, rowErrors, rowLatency],
  };
}

/** Fails where {@link balanceOf} finds a difference. */
export function unbalanced(answer: AggregationsAnswer): string | undefined {
  const { seen, counted, inTotals, inRows } = balanceOf(answer);
  if (seen === counted && inTotals.every((total, i) => total === inRows[i])) return undefined;
  return `seen ${seen}, counted ${counted}, totals ${inTotals.join()}, rows ${inRows.join()}`;
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
