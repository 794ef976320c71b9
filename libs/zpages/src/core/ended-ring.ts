import type { SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { SAMPLED_FLAG, durationNanos, unixMicros } from './span-times.js';
import { outlineOf } from './sample-record.js';
import type { SampleRecord } from './sample-record.js';

const TAG_BITS = 14;
/** How many different tags there are. */
export const TAGS = 2 ** TAG_BITS;
const TAG_MASK = TAGS - 1;
const KIND_MASK = 7;
const STATUS_SHIFT = 3;
const STATUS_MASK = 3;
const SAMPLED_SHIFT = 5;
const ROOT = 1 << 6;
const SAMPLE = 1 << 7;

/** A few bits of a trace id: most other traces have other ones. */
export function tagOf(traceId: string): number {
  const last = nibble(traceId.charCodeAt(31)) | (nibble(traceId.charCodeAt(30)) << 4);
  return (last | (nibble(traceId.charCodeAt(29)) << 8) | (nibble(traceId.charCodeAt(28)) << 12)) & TAG_MASK;
}

/** The value of a hexadecimal digit. */
function nibble(code: number): number {
  return (code & 15) + 9 * (code >> 6);
}

/**
 * The outlines of the last spans that ended: who they were, when and how. Not the spans themselves: each
 * collection of young objects would copy those with all their attributes, and 450 of them were measured to cost
 * every span 300 ns. Of a span only the text of its id is held, and what it shares with its parent. It is written
 * half by half, so that somebody can look through one half before the next is written over.
 */
export class EndedRing {
  readonly #half: number;
  readonly #onHalf: () => void;
  readonly #spanIds: string[];
  /** Of a root its own. */
  readonly #parents: (SpanContext | undefined)[];
  readonly #names: string[];
  readonly #messages: (string | undefined)[];
  readonly #starts: Float64Array;
  readonly #durations: Float64Array;
  readonly #flags: Uint8Array;
  readonly #tags: Uint16Array;
  #at = 0;
  #isFull = false;
  /** When each half was last completed. */
  readonly #completedMs: [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  #forgottenUntilMs = Number.NEGATIVE_INFINITY;

  /** Holds at most `capacity`, an even number. `onHalf` is called whenever another half of it was written. */
  constructor(capacity: number, onHalf: () => void) {
    const size = capacity - (capacity % 2);
    this.#half = size / 2;
    this.#onHalf = onHalf;
    this.#spanIds = Array.from<string>({ length: size }).fill('');
    this.#parents = Array.from<SpanContext | undefined>({ length: size }).fill(undefined);
    this.#names = Array.from<string>({ length: size }).fill('');
    this.#messages = Array.from<string | undefined>({ length: size }).fill(undefined);
    this.#starts = new Float64Array(size);
    this.#durations = new Float64Array(size);
    this.#flags = new Uint8Array(size);
    this.#tags = new Uint16Array(size);
  }

  /** How many spans it can hold. */
  get capacity(): number {
    return this.#tags.length;
  }

  /** Where the next one will stand. */
  get at(): number {
    return this.#at;
  }

  /** Everything that ended later than this, epoch milliseconds, is still here. */
  get forgottenUntilMs(): number {
    return this.#forgottenUntilMs;
  }

  /** A span ended. `message` is that of an error; a sample has a record of its own elsewhere. */
  push(
    span: ReadableSpan,
    name: string,
    message: string | undefined,
    nowMs: number,
    isSample: boolean,
  ): void {
    if (this.#half === 0) {
      this.#forgottenUntilMs = nowMs;
      return;
    }
    const at = this.#at;
    const context = span.spanContext();
    const parent = span.parentSpanContext;
    const root = parent === undefined ? ROOT : 0;
    const sample = isSample ? SAMPLE : 0;
    const sampled = (context.traceFlags & SAMPLED_FLAG) << SAMPLED_SHIFT;
    this.#spanIds[at] = context.spanId;
    this.#parents[at] = parent ?? context;
    this.#names[at] = name;
    this.#messages[at] = message;
    this.#starts[at] = unixMicros(span.startTime);
    this.#durations[at] = durationNanos(span);
    this.#flags[at] =
      (span.kind & KIND_MASK) | ((span.status.code & STATUS_MASK) << STATUS_SHIFT) | sampled | root | sample;
    this.#tags[at] = tagOf(context.traceId);
    this.#at = at + 1;
    if (this.#at % this.#half === 0) this.#completeHalf(nowMs);
  }

  #completeHalf(nowMs: number): void {
    const isSecond = this.#at === this.capacity;
    this.#completedMs[isSecond ? 1 : 0] = nowMs;
    this.#onHalf();
    if (isSecond) {
      this.#at = 0;
      this.#isFull = true;
    }
    // What is written over next.
    if (this.#isFull) this.#forgottenUntilMs = this.#completedMs[isSecond ? 0 : 1];
  }

  /** The tag of the trace of the one that stands there. */
  tagAt(at: number): number {
    return this.#tags[at] as number;
  }

  traceIdAt(at: number): string {
    return this.#parents[at]?.traceId ?? '';
  }

  /** Whether the one that stands there was a sample when it ended, and its trace is kept since. */
  isSampleAt(at: number): boolean {
    return (this.#flags[at]! & SAMPLE) !== 0;
  }

  /** A trace is no longer kept: none of its spans is a sample. */
  forgetSamples(traceId: string): void {
    for (const at of this.find(traceId)) this.#flags[at]! &= ~SAMPLE;
  }

  /** What is kept of the one that stands there. */
  recordAt(at: number): SampleRecord {
    const flags = this.#flags[at] as number;
    const parent = this.#parents[at] as SpanContext;
    return outlineOf({
      name: this.#names[at] as string,
      traceId: parent.traceId,
      spanId: this.#spanIds[at] as string,
      parent: (flags & ROOT) === 0 ? parent : undefined,
      kind: flags & KIND_MASK,
      statusCode: (flags >> STATUS_SHIFT) & STATUS_MASK,
      statusMessage: this.#messages[at],
      sampled: ((flags >> SAMPLED_SHIFT) & SAMPLED_FLAG) !== 0,
      startUnixMicros: this.#starts[at] as number,
      durationNanos: this.#durations[at] as number,
    });
  }

  /** Where all spans of a trace stand, in the order of their ends. */
  *find(traceId: string): Generator<number> {
    const tag = tagOf(traceId);
    const tags = this.#tags;
    const end = this.#at;
    if (this.#isFull) {
      for (let at = end; at < tags.length; at++) if (tags[at] === tag && this.#is(at, traceId)) yield at;
    }
    for (let at = 0; at < end; at++) if (tags[at] === tag && this.#is(at, traceId)) yield at;
  }

  #is(at: number, traceId: string): boolean {
    return this.#parents[at]?.traceId === traceId;
  }
}
