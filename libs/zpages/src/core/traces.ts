import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { EndedRing, tagOf } from './ended-ring.js';
import { KeptTraces } from './kept-traces.js';
import type { KeptTraceLimits } from './kept-traces.js';
import type { SampleRecord } from './sample-record.js';

/** How much is held. */
export interface TraceLimits extends KeptTraceLimits {
  readonly recentSpans: number;
}

/** What there is of a trace beside its samples and what runs of it. */
export interface TraceRest {
  readonly records: readonly SampleRecord[];
  /** How many more there were. */
  readonly lost: number;
  /** What ended before this moment, epoch milliseconds, may be missing. */
  readonly sinceMs: number;
}

/** How often it is looked for the oldest running spans. */
const WATCH_MS = 1000;

/**
 * Whole traces: the spans that are no samples, of traces that have one, or whose spans run for long. A child ends
 * before anybody knows whether its parent will be a sample, so outlines of the last spans to end are held; those
 * of such traces are taken over before they go.
 */
export class Traces {
  readonly kept: KeptTraces;
  readonly #recent: EndedRing;
  readonly #oldestRunning: () => Iterable<ReadableSpan>;
  /** Up to here the recent ones have been looked through. */
  #lookedAt = 0;
  /** Samples whose own parents may still end. */
  #childSamples = 0;
  #watched: ReadonlySet<string> = new Set();
  #watchedMs = Number.NEGATIVE_INFINITY;
  #nowMs = 0;

  /** `oldestRunning` tells whose traces are kept although they have no sample. */
  constructor(limits: TraceLimits, oldestRunning: () => Iterable<ReadableSpan>) {
    this.kept = new KeptTraces(limits);
    this.#recent = new EndedRing(limits.recentSpans, () => this.#onHalf());
    this.#oldestRunning = oldestRunning;
  }

  /** Whether roots matter, too. A process whose spans have no children pays nothing for them. */
  get awaitsRoots(): boolean {
    return this.#childSamples > 0 || this.#watched.size > 0;
  }

  /** A span ended; `sample` is what was kept of it, if anything. */
  ended(
    span: ReadableSpan,
    name: string,
    message: string | undefined,
    sample: SampleRecord | undefined,
    nowMs: number,
  ): void {
    this.#nowMs = nowMs;
    if (sample !== undefined) this.#sampled(sample);
    if (span.parentSpanContext !== undefined || this.#isAwaited(span)) {
      this.#recent.push(span, name, message, nowMs, sample !== undefined);
    }
  }

  #isAwaited(span: ReadableSpan): boolean {
    return this.awaitsRoots && this.kept.mayHave(tagOf(span.spanContext().traceId));
  }

  #sampled(sample: SampleRecord): void {
    const { traceId } = sample;
    if (sample.parentSpanId !== undefined) this.#childSamples++;
    this.#lookThrough();
    if (this.kept.sampled(traceId, this.#recent.forgottenUntilMs)) this.#takeOver(traceId);
  }

  /** A sample went. */
  released(sample: SampleRecord): void {
    if (sample.parentSpanId !== undefined) this.#childSamples--;
    this.kept.released(sample);
    this.#forgetIfGone(sample.traceId);
  }

  #forgetIfGone(traceId: string): void {
    if (!this.kept.has(traceId)) this.#recent.forgetSamples(traceId);
  }

  /** What there is of a trace beside its samples, by their span ids, and what runs of it. */
  of(traceId: string, samples: ReadonlyMap<string, unknown>): TraceRest {
    this.#lookThrough();
    const kept = this.kept.get(traceId);
    const records = new Map<string, SampleRecord>();
    for (const record of kept?.records ?? []) records.set(record.spanId, record);
    let lost = kept?.lost ?? 0;
    for (const at of this.#recent.find(traceId)) {
      const record = this.#recent.recordAt(at);
      if (records.has(record.spanId)) continue;
      records.set(record.spanId, record);
      // There was no room for it among the kept ones, but it is here still. A sample is counted once it is none.
      if (lost > 0 && !samples.has(record.spanId)) lost--;
    }
    return {
      records: [...records.values()],
      lost,
      sinceMs: kept?.sinceMs ?? this.#recent.forgottenUntilMs,
    };
  }

  #onHalf(): void {
    this.#lookThrough();
    if (this.#recent.at === this.#recent.capacity) this.#lookedAt = 0;
    this.#watchOldest();
  }

  /** Takes over what ended since the last look of the traces that are kept. */
  #lookThrough(): void {
    const { kept } = this;
    const recent = this.#recent;
    const { at: end } = recent;
    for (let at = this.#lookedAt; at < end; at++) {
      if (kept.mayHave(recent.tagAt(at)) && !recent.isSampleAt(at)) {
        kept.add(recent.traceIdAt(at), () => recent.recordAt(at));
      }
    }
    this.#lookedAt = end;
  }

  #takeOver(traceId: string): void {
    const recent = this.#recent;
    for (const at of recent.find(traceId)) {
      if (!recent.isSampleAt(at)) this.kept.add(traceId, () => recent.recordAt(at));
    }
  }

  #watchOldest(): void {
    const elapsedMs = this.#nowMs - this.#watchedMs;
    if (elapsedMs >= 0 && elapsedMs < WATCH_MS) return;
    this.#watchedMs = this.#nowMs;
    const oldest = new Set<string>();
    for (const span of this.#oldestRunning()) oldest.add(span.spanContext().traceId);
    for (const traceId of this.#watched) {
      if (oldest.has(traceId)) continue;
      this.kept.unwatch(traceId);
      this.#forgetIfGone(traceId);
    }
    for (const traceId of oldest) {
      if (this.kept.watch(traceId, this.#recent.forgottenUntilMs)) this.#takeOver(traceId);
    }
    this.#watched = oldest;
  }
}
