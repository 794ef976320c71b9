import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { ErrorGroups } from './error-groups.js';
import { END_OF_KNOWN, START } from './hand-off.js';
import type { MessageKind, Receiver } from './hand-off.js';
import type { InternalErrors } from './internal-errors.js';
import type { LatencyScale } from './latency-scale.js';
import { MessagingStats, isMessagingKind } from './messaging.js';
import { NameTable } from './names.js';
import type { NameRecord } from './names.js';
import type { AggregatorSettings } from './options.js';
import { RunningSpans } from './running.js';
import { recordOf } from './sample-record.js';
import { SampleBucket, SampleStore } from './samples.js';
import { durationNanos } from './span-times.js';

/** OpenTelemetry's SpanStatusCode.ERROR, as a constant that the engine need not look up. */
const STATUS_ERROR = 2;

/**
 * What a span remembers of its own state: ENDED, or its slot among the running ones (from 1; 0 is none) times
 * four and the flags. Read at the start, when all of a span is in the processor's cache.
 */
const ENDED = -1;
const SAMPLED = 1;
const MESSAGING = 2;
const SLOT = 4;

/** Bits that a small integer has room for. */
const MAX_CLOSED_BITS = 30;
/** How much later than it could a sample may be taken, as a part of the interval. */
const CLOSED_PART = 10;

/** A span with room for that. */
type Marked = ReadableSpan & Record<symbol, number | undefined>;

/**
 * The state behind the pages, and the only code that changes it: one message at a time, a start or an end.
 * `started + adopted = running + errors + latency + dropped` holds between any two messages.
 */
export class Ledger implements Receiver {
  readonly settings: AggregatorSettings;
  readonly scale: LatencyScale;
  readonly names: NameTable;
  readonly runningSpans: RunningSpans;
  readonly samples: SampleStore;
  readonly internalErrors: InternalErrors;
  started = 0;
  adopted = 0;
  running = 0;
  errors = 0;
  latency = 0;
  dropped = 0;
  /** Ended spans whose trace is not exported. */
  unsampled = 0;
  /** A property of the span itself: a look-up by identity elsewhere costs more than all the counting. */
  readonly #mark = Symbol('tracez');
  readonly #remembersClosed: boolean;
  #partOfMs = 0;
  #part = 0;

  constructor(settings: AggregatorSettings, scale: LatencyScale, internalErrors: InternalErrors) {
    this.settings = settings;
    this.scale = scale;
    this.internalErrors = internalErrors;
    this.names = new NameTable(settings);
    this.runningSpans = new RunningSpans(settings.maxRunningSpans);
    this.samples = new SampleStore(settings);
    const bits = 2 * (scale.boundsNanos.length + 1);
    this.#remembersClosed = settings.sampleIntervalMs > 0 && bits <= MAX_CLOSED_BITS;
  }

  /** Whether the start is news. Marks the span before anything learns its shape. */
  admit(span: ReadableSpan): boolean {
    const marked = span as Marked;
    if (marked[this.#mark] !== undefined) return false;
    marked[this.#mark] = flagsOf(span);
    return true;
  }

  receive(kind: MessageKind, span: ReadableSpan, nowMs: number): void {
    if (kind === START) this.#start(span as Marked);
    else this.#end(span as Marked, kind === END_OF_KNOWN, nowMs);
  }

  #start(span: Marked): void {
    this.started++;
    this.running++;
    try {
      const mark = span[this.#mark] as number;
      // Ended meanwhile: its end is among the next messages.
      if (span.ended || mark === ENDED) return;
      span[this.#mark] = mark + SLOT * (this.runningSpans.add(span) + 1);
    } catch (error) {
      this.internalErrors.note(error);
    }
  }

  #end(span: Marked, knownOnly: boolean, nowMs: number): void {
    let flags = 0;
    try {
      const mark = span[this.#mark];
      if (mark === ENDED || (mark === undefined && knownOnly)) return;
      flags = mark ?? flagsOf(span);
      span[this.#mark] = ENDED;
      if (mark === undefined) this.adopted++;
      else {
        this.running--;
        if (mark >= SLOT) this.runningSpans.remove(Math.floor(mark / SLOT) - 1);
      }
    } catch (error) {
      // A frozen span: neither its start nor its end is counted.
      this.internalErrors.note(error);
      return;
    }
    try {
      this.#count(span, flags, nowMs);
    } catch (error) {
      this.dropped++;
      this.internalErrors.note(error);
    }
  }

  #count(span: ReadableSpan, flags: number, nowMs: number): void {
    const isError = span.status.code === STATUS_ERROR;
    const bin = this.scale.binOf(durationNanos(span));
    const record = this.names.at(span.name);
    if (isError) {
      this.errors++;
      record.errors++;
    } else {
      this.latency++;
      record.add(bin);
    }
    // From here on the span is counted, and nothing may throw.
    try {
      if ((flags & SAMPLED) === 0) this.unsampled++;
      const at = isError ? this.scale.boundsNanos.length : (this.scale.bucketOfBin[bin] as number);
      this.#sample(span, flags & SAMPLED, record, at, nowMs);
      if (isError) {
        record.errorGroups ??= new ErrorGroups();
        record.errorGroups.add(span, nowMs, this.settings.maxErrorGroups);
      }
      if ((flags & MESSAGING) !== 0) {
        record.messaging ??= new MessagingStats();
        record.messaging.add(span, this.scale);
      }
    } catch (error) {
      this.internalErrors.note(error);
    }
  }

  /**
   * Takes a sample where one is due. That one is not is looked up once per bucket and tenth of the interval, and
   * remembered as a bit: the way to a bucket's own times is long.
   */
  #sample(span: ReadableSpan, sampled: number, record: NameRecord, at: number, nowMs: number): void {
    const bit = at * 2 + sampled;
    const until = this.#closedUntil(nowMs);
    if (record.closedUntil !== until) {
      record.closed = 0;
      record.closedUntil = until;
    } else if ((record.closed & (1 << bit)) !== 0) return;
    if (this.#remembersClosed) record.closed |= 1 << bit;
    const bucket = bucketAt(record, at, this.scale.boundsNanos.length);
    const isSampled = sampled !== 0;
    if (!bucket.isDue(isSampled, nowMs, this.settings.sampleIntervalMs)) return;
    bucket.taken(isSampled, nowMs);
    const isOverflow = record === this.names.overflow;
    const name = isOverflow ? this.names.rowName(span.name) : record.name;
    this.samples.add(bucket, recordOf(span, name, this.settings));
  }

  /** The number of the part of an interval that this moment lies in, as a small integer. */
  #closedUntil(nowMs: number): number {
    if (nowMs !== this.#partOfMs) {
      this.#partOfMs = nowMs;
      this.#part = Math.floor((nowMs * CLOSED_PART) / this.settings.sampleIntervalMs) | 0;
    }
    return this.#part;
  }
}

function flagsOf(span: ReadableSpan): number {
  return (span.spanContext().traceFlags & SAMPLED) + (isMessagingKind(span.kind) ? MESSAGING : 0);
}

function bucketAt(record: NameRecord, at: number, errorsAt: number): SampleBucket {
  record.samples ??= Array.from<SampleBucket | undefined>({ length: errorsAt + 1 });
  return (record.samples[at] ??= new SampleBucket());
}
