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
import { runningSpan } from './plain-span.js';
import { RunningSpans } from './running.js';
import { recordOf } from './sample-record.js';
import type { SampleRecord } from './sample-record.js';
import { SampleBucket, SampleStore } from './samples.js';
import { ageMs } from './span-times.js';
import { cutText, ownText } from './text.js';
import { Traces } from './traces.js';

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
const SLOT_SHIFT = 2;

/** How far the end of a span got. */
const UNKNOWN = 0;
const UNCOUNTED = 1;
const COUNTED = 2;

/** Bits that a small integer has room for. */
const MAX_CLOSED_BITS = 30;
/** How much later than it could a sample may be taken, as a part of the interval. */
const CLOSED_PART = 10;

/** How many running spans are held on to, however long they run, and how long the others are. */
const HELD_RUNNING = 1000;
const HELD_MS = 10_000;

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
  readonly traces: Traces;
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
  /** What frozen spans would remember; there seldom is one. */
  #marksElsewhere: WeakMap<ReadableSpan, number> | undefined;
  readonly #remembersClosed: boolean;
  /** When the messages being received were handed over; a fraction, or the engine would take it for an integer. */
  #nowMs = 0.5;
  /** The same in epoch seconds, as a small integer. */
  #nowSeconds = 0;
  /** The number of the part of an interval that it lies in, as a small integer. */
  #part = 0;
  #heldWeaklyMs = 0;

  constructor(settings: AggregatorSettings, scale: LatencyScale, internalErrors: InternalErrors) {
    this.settings = settings;
    this.scale = scale;
    this.internalErrors = internalErrors;
    this.runningSpans = new RunningSpans(settings.maxRunningSpans);
    this.traces = new Traces(settings, () => this.#oldestRunning());
    this.samples = new SampleStore(settings, (record) => this.traces.released(record));
    this.names = new NameTable(settings, {
      runningNames: () => this.#runningNames(),
      retired: ({ samples }) => {
        for (const bucket of samples ?? []) if (bucket !== undefined) this.samples.drop(bucket);
      },
    });
    const bits = 2 * (scale.boundsNanos.length + 1);
    this.#remembersClosed = settings.sampleIntervalMs > 0 && bits <= MAX_CLOSED_BITS;
  }

  /** Whether the start is news. Marks the span before anything learns its shape. */
  admit(span: ReadableSpan): boolean {
    if (this.#markOf(span) !== undefined) return false;
    let flags = 0;
    try {
      // As a function of its own it was called; here it is compiled into the application's startSpan.
      flags = flagsOf(span);
    } catch (error) {
      this.internalErrors.note(error);
    }
    this.#setMark(span, flags);
    return true;
  }

  #markOf(span: ReadableSpan): number | undefined {
    try {
      return this.#marksElsewhere?.get(span) ?? (span as Marked)[this.#mark];
    } catch {
      // A proxy whose handle was taken away. What it was marked with is out of reach.
      const slot = this.runningSpans.slotOf(span);
      return slot < 0 ? undefined : SLOT * (slot + 1);
    }
  }

  #setMark(span: ReadableSpan, mark: number): void {
    try {
      if (this.#marksElsewhere?.has(span) === true) this.#marksElsewhere.set(span, mark);
      else (span as Marked)[this.#mark] = mark;
    } catch {
      this.#setMarkElsewhere(span, mark);
    }
  }

  #setMarkElsewhere(span: ReadableSpan, mark: number): void {
    this.#marksElsewhere ??= new WeakMap();
    this.#marksElsewhere.set(span, mark);
  }

  /** The start of a span could not be handed over: what comes of it now comes of an unknown one. */
  disown(span: ReadableSpan): void {
    (span as Marked)[this.#mark] = undefined;
  }

  #flagsOf(span: ReadableSpan): number {
    try {
      return flagsOf(span);
    } catch (error) {
      this.internalErrors.note(error);
      return 0;
    }
  }

  at(nowMs: number): void {
    if (nowMs === this.#nowMs) return;
    this.#nowMs = nowMs;
    this.#nowSeconds = Math.floor(nowMs / 1000);
    this.#part = Math.floor((nowMs * CLOSED_PART) / this.settings.sampleIntervalMs) | 0;
    if (this.runningSpans.size > HELD_RUNNING) this.#holdWeakly(nowMs);
  }

  /** Now and then, far from any span: most running spans end long before. */
  #holdWeakly(nowMs: number): void {
    const elapsedMs = nowMs - this.#heldWeaklyMs;
    if (elapsedMs >= 0 && elapsedMs < HELD_MS) return;
    this.#heldWeaklyMs = nowMs;
    try {
      this.runningSpans.holdWeakly(HELD_RUNNING, (span) => ageMs(span, nowMs) >= HELD_MS);
    } catch (error) {
      this.internalErrors.note(error);
    }
  }

  receive(kind: MessageKind, span: ReadableSpan): void {
    if (kind === START) this.#start(span);
    else this.#end(span, kind);
  }

  #start(span: ReadableSpan): void {
    this.started++;
    this.running++;
    try {
      let mark = this.#markOf(span);
      if (mark === undefined) {
        // A proxy that takes no properties, and does not say so.
        mark = this.#flagsOf(span);
        this.#setMarkElsewhere(span, mark);
      }
      // Ended meanwhile: its end is among the next messages.
      if (span.ended || mark === ENDED) return;
      this.#setMark(span, mark + SLOT * (this.runningSpans.add(span) + 1));
    } catch (error) {
      try {
        this.internalErrors.note(error);
      } catch {
        // No room on the stack. The message is counted, and must not seem to have failed.
      }
    }
  }

  /** In one piece, as every call from here would cost a tenth of all this. */
  #end(span: ReadableSpan, kind: MessageKind): void {
    let stage = UNKNOWN;
    try {
      const mark = this.#markOf(span);
      if (mark === ENDED || (mark === undefined && kind === END_OF_KNOWN)) return;
      const flags = mark ?? this.#flagsOf(span);
      this.#setMark(span, ENDED);
      stage = UNCOUNTED;
      if (mark === undefined) {
        this.adopted++;
        // Seldom, so that it may be asked whether the span took it.
        if (this.#markOf(span) !== ENDED) this.#setMarkElsewhere(span, ENDED);
      } else {
        this.running--;
        if (mark >= SLOT) this.runningSpans.remove((mark >> SLOT_SHIFT) - 1);
      }
      const { scale } = this;
      const isError = span.status.code === STATUS_ERROR;
      const bin = scale.binOfTime(span.duration);
      const record = this.names.at(span.name, this.#nowSeconds);
      const at = isError ? scale.boundsNanos.length : (scale.bucketOfBin[bin] as number);
      record.lastEndSeconds = this.#nowSeconds;
      if (isError) {
        this.errors++;
        record.errors++;
      } else {
        record.add(bin);
        this.latency++;
      }
      stage = COUNTED;
      const sampled = flags & SAMPLED;
      if (sampled === 0) this.unsampled++;
      const isClosed = record.closedUntil === this.#part && (record.closed & (1 << (at * 2 + sampled))) !== 0;
      if (isClosed && !isError && (flags & MESSAGING) === 0) {
        if (span.parentSpanContext === undefined && !this.traces.awaitsRoots) return;
      }
      this.#note(span, record, at, flags);
    } catch (error) {
      // Where it cannot even be remembered, neither its start nor its end is counted.
      if (stage === UNCOUNTED) this.dropped++;
      try {
        this.internalErrors.note(error);
      } catch {
        // No room on the stack. The message is counted, and must not seem to have failed.
      }
    }
  }

  /** What most spans have no need of, once they are counted. */
  #note(span: ReadableSpan, record: NameRecord, at: number, flags: number): void {
    const nowMs = this.#nowMs;
    const isError = at === this.scale.boundsNanos.length;
    if (isError) {
      // First, as what follows may throw, and each error is in a group.
      record.errorGroups ??= new ErrorGroups();
      record.errorGroups.add(span, nowMs, this.settings.maxErrorGroups);
    }
    const sample = this.#sample(span, flags & SAMPLED, record, at);
    if (sample !== undefined || span.parentSpanContext !== undefined || this.traces.awaitsRoots) {
      const message = isError ? this.#messageOf(span) : undefined;
      this.traces.ended(span, this.#rowNameOf(span, record), message, sample, nowMs);
    }
    if ((flags & MESSAGING) !== 0) {
      record.messaging ??= new MessagingStats();
      record.messaging.add(span, this.scale);
    }
  }

  /**
   * Takes a sample where one is due. That one is not is looked up once per bucket and tenth of the interval, and
   * remembered as a bit: the way to a bucket's own times is long.
   */
  #sample(span: ReadableSpan, sampled: number, record: NameRecord, at: number): SampleRecord | undefined {
    const nowMs = this.#nowMs;
    const bit = at * 2 + sampled;
    if (record.closedUntil !== this.#part) {
      record.closed = 0;
      record.closedUntil = this.#part;
    } else if ((record.closed & (1 << bit)) !== 0) return undefined;
    if (this.#remembersClosed) record.closed |= 1 << bit;
    const bucket = bucketAt(record, at, this.scale.boundsNanos.length);
    const isSampled = sampled !== 0;
    if (!bucket.isDue(isSampled, nowMs, this.settings.sampleIntervalMs)) return undefined;
    bucket.taken(isSampled, nowMs);
    const sample = this.#recordOf(span, this.#rowNameOf(span, record));
    return sample !== undefined && this.samples.add(bucket, sample) ? sample : undefined;
  }

  /** What is kept of a span; undefined where it cannot be read. */
  #recordOf(span: ReadableSpan, name: string): SampleRecord | undefined {
    try {
      return recordOf(span, name, this.settings);
    } catch (error) {
      this.internalErrors.note(error);
      return undefined;
    }
  }

  /** The text of the row where the span has one of its own, or its beginning. */
  #rowNameOf(span: ReadableSpan, record: NameRecord): string {
    return record === this.names.overflow ? ownText(this.names.rowName(span.name)) : record.name;
  }

  #messageOf({ status }: ReadableSpan): string | undefined {
    const { message } = status;
    return message === undefined ? undefined : ownText(cutText(message, this.settings.maxValueLength));
  }

  #oldestRunning(): readonly ReadableSpan[] {
    return this.runningSpans.oldest(this.settings.maxRunningSamples, () => true).spans;
  }

  *#runningNames(): Generator<string> {
    for (const { name } of this.runningSpans.all()) yield name;
  }

  /**
   * Lets go of running spans that cannot be read, so that the others can be shown; they stay counted. For after
   * an answer has failed, as it looks at everything.
   */
  dropUnreadable(): void {
    for (const span of this.runningSpans.all()) {
      try {
        // By all that answers read of it.
        runningSpan(span, this.#nowMs, this.settings);
        this.names.rowName(span.name);
      } catch (error) {
        this.internalErrors.note(error);
        this.#letGo(span);
      }
    }
  }

  /** Lets go of all running spans; they stay counted. For where one cannot be read now and then. */
  dropRunning(): void {
    for (const span of this.runningSpans.all()) this.#letGo(span);
  }

  #letGo(span: ReadableSpan): void {
    const mark = this.#markOf(span) ?? 0;
    if (mark < SLOT) return;
    this.runningSpans.remove((mark >> SLOT_SHIFT) - 1);
    this.#setMark(span, mark % SLOT);
  }
}

/** What of a span decides how it is counted, read at its start. */
function flagsOf(span: ReadableSpan): number {
  return (span.spanContext().traceFlags & SAMPLED) + (isMessagingKind(span.kind) ? MESSAGING : 0);
}

function bucketAt(record: NameRecord, at: number, errorsAt: number): SampleBucket {
  record.samples ??= Array.from<SampleBucket | undefined>({ length: errorsAt + 1 });
  return (record.samples[at] ??= new SampleBucket());
}
