import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { answerError, answerLatency, answerRunning, shown, stuckSpans, totalsOf } from './answers.js';
import { END, END_OF_KNOWN, HandOff, START, createAlarm } from './hand-off.js';
import { InternalErrors } from './internal-errors.js';
import { createLatencyScale } from './latency-scale.js';
import { Ledger } from './ledger.js';
import { settingsOf } from './options.js';
import type { AggregatorOptions } from './options.js';
import type {
  AggregationsAnswer,
  QueryResult,
  SelfAccount,
  ZpagesAnswers,
  ZpagesCore,
  ZpagesQuery,
} from './query.js';
import { allRows } from './rows.js';
import { answerTrace } from './trace-answer.js';

/**
 * Counts the spans of a process. Starts, ends and queries come the same way and are done one after the other, so
 * an answer is one consistent cut, and no span waits for a page.
 *
 * Several processors may share one. Throws a ZpagesError for bad options; nothing else here throws.
 */
export class SpanAggregator implements ZpagesCore {
  readonly #internalErrors = new InternalErrors();
  readonly #ledger: Ledger;
  readonly #handOff: HandOff;
  readonly #sinceUnixMs: number;
  #lastNowMs = 0;
  #processors = 0;

  constructor(options: AggregatorOptions = {}) {
    const settings = settingsOf(options);
    this.#ledger = new Ledger(settings, createLatencyScale(options.boundsNanos), this.#internalErrors);
    this.#handOff = new HandOff(this.#ledger, {
      capacity: settings.handOffCapacity,
      now: () => this.#now(),
      alarm: createAlarm(),
    });
    this.#sinceUnixMs = this.#now();
  }

  /** A span started. A span that was started or has ended before is ignored. */
  start(span: ReadableSpan): void {
    if (!this.#ledger.admit(span)) return;
    try {
      this.#handOff.push(START, span);
    } catch (error) {
      // Only where the stack has no room left.
      this.#ledger.disown(span);
      throw error;
    }
  }

  /** A span ended. A second end is ignored; one whose start was never seen is adopted. */
  end(span: ReadableSpan): void {
    this.#handOff.push(END, span);
  }

  /** A span ended that counts only if its start did. */
  endOfKnown(span: ReadableSpan): void {
    this.#handOff.push(END_OF_KNOWN, span);
  }

  /** Does the messages that wait, now. */
  drain(): void {
    this.#handOff.drain();
  }

  /** A processor began (1) or ceased (-1) to hand spans over. */
  processorsChanged(by: 1 | -1): void {
    this.#processors += by;
  }

  /** Something of zPages threw, and was caught. */
  noteInternalError(error: unknown): void {
    this.#internalErrors.note(error);
  }

  query<Q extends ZpagesQuery>(query: Q): QueryResult<ZpagesAnswers[Q['kind']]> {
    this.drain();
    this.#ledger.runningSpans.sweep();
    try {
      return this.#answer(query) as QueryResult<ZpagesAnswers[Q['kind']]>;
    } catch (error) {
      // A span whose getters throw, say. It must not cost the page.
      this.#internalErrors.note(error);
      this.#ledger.dropUnreadable();
    }
    try {
      return this.#answer(query) as QueryResult<ZpagesAnswers[Q['kind']]>;
    } catch (error) {
      // One that throws now and then.
      this.#internalErrors.note(error);
      this.#ledger.dropRunning();
    }
    return this.#answer(query) as QueryResult<ZpagesAnswers[Q['kind']]>;
  }

  /** Undefined as JavaScript may ask. */
  #answer(query: ZpagesQuery | undefined): QueryResult<ZpagesAnswers[ZpagesQuery['kind']]> {
    const nowMs = this.#now();
    switch (query?.kind) {
      case 'aggregations':
        return { ok: true, answer: this.#aggregations(nowMs) };
      case 'latency':
        return answerLatency(this.#ledger, query, nowMs);
      case 'running':
        return answerRunning(this.#ledger, query, nowMs);
      case 'error':
        return answerError(this.#ledger, query, nowMs);
      case 'trace':
        return answerTrace(this.#ledger, query.traceId, nowMs);
      default: {
        const kind = shown((query as { readonly kind?: unknown } | undefined)?.kind);
        const message = `A query is aggregations, latency, running, error or trace, got ${kind}`;
        return { ok: false, error: { code: 'invalid_argument', message } };
      }
    }
  }

  #aggregations(nowUnixMs: number): AggregationsAnswer {
    return {
      nowUnixMs,
      boundsNanos: this.#ledger.scale.boundsNanos,
      rows: allRows(this.#ledger),
      totals: totalsOf(this.#ledger),
      stuck: stuckSpans(this.#ledger, nowUnixMs),
      self: this.#self(),
    };
  }

  #self(): SelfAccount {
    const { settings, names, runningSpans, samples, traces } = this.#ledger;
    const { last, count } = this.#internalErrors;
    return {
      sinceUnixMs: this.#sinceUnixMs,
      processors: this.#processors,
      unsampledSeen: this.#ledger.unsampled,
      names: names.size,
      maxNames: settings.maxNames,
      namesRetired: names.retired,
      trackedRunning: runningSpans.size,
      maxRunningSpans: settings.maxRunningSpans,
      samples: samples.count,
      sampleBytes: samples.bytes,
      maxSampleBytes: settings.maxSampleBytes,
      samplesEvicted: samples.evicted,
      traceBytes: traces.kept.bytes,
      maxTraceBytes: settings.maxTraceBytes,
      tracesEvicted: traces.kept.evicted,
      recentSpans: settings.recentSpans,
      handOffOverflows: this.#handOff.overflows,
      handOffCapacity: this.#handOff.capacity,
      internalErrors: count,
      ...(last === undefined ? {} : { lastInternalError: last }),
    };
  }

  /** The clock comes from outside, and one that throws must not cost a span. */
  #now(): number {
    try {
      this.#lastNowMs = this.#ledger.settings.now();
    } catch (error) {
      this.#internalErrors.note(error);
    }
    return this.#lastNowMs;
  }
}
