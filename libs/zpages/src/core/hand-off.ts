import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** A span started. */
export const START = 0;
/** A span ended. */
export const END = 1;
/** A span ended at a processor that was shut down: counts only where its start did. */
export const END_OF_KNOWN = 2;

/** What a message says about its span. */
export type MessageKind = typeof START | typeof END | typeof END_OF_KNOWN;

/** Who gets the messages, in order. Must not throw. */
export interface Receiver {
  /** The messages that follow are of this time. */
  at(nowMs: number): void;
  receive(kind: MessageKind, span: ReadableSpan): void;
}

/** Calls back once, some time later, unless the process ends before. */
export type Alarm = (ring: () => void) => void;

/**
 * The messages between processor and aggregator: a short list, emptied when it is full, when somebody asks, and
 * soon after the first message. Short, because a list of span references that outlives a collection of young
 * objects takes its spans, and all they point to, to the old ones.
 */
export class HandOff {
  readonly #capacity: number;
  readonly #receiver: Receiver;
  readonly #now: () => number;
  readonly #alarm: Alarm;
  readonly #kinds: Uint8Array;
  readonly #spans: (ReadableSpan | undefined)[];
  #length = 0;
  #isDelivering = false;
  #isAlarmSet = false;
  #nowMs = 0;
  #overflows = 0;

  constructor(
    receiver: Receiver,
    {
      capacity,
      now,
      alarm,
    }: { readonly capacity: number; readonly now: () => number; readonly alarm: Alarm },
  ) {
    this.#capacity = capacity;
    this.#receiver = receiver;
    this.#now = now;
    this.#alarm = alarm;
    this.#kinds = new Uint8Array(capacity);
    this.#spans = Array.from<ReadableSpan | undefined>({ length: capacity }).fill(undefined);
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** Times a message filled the list, and so emptied it. */
  get overflows(): number {
    return this.#overflows;
  }

  push(kind: MessageKind, span: ReadableSpan): void {
    if (!this.#isAlarmSet) this.#wake();
    const at = this.#length;
    if (at === this.#capacity) {
      // Full and not emptied: somebody reads a span, and reading it started or ended this one.
      this.#receiver.receive(kind, span);
      return;
    }
    this.#kinds[at] = kind;
    this.#spans[at] = span;
    this.#length = at + 1;
    if (at + 1 === this.#capacity) this.#overflow();
  }

  /** Looks at the clock, at most once per alarm: that costs more than counting a span. */
  #wake(): void {
    this.#isAlarmSet = true;
    this.#nowMs = this.#now();
    this.#alarm(() => {
      this.#isAlarmSet = false;
      this.drain();
    });
  }

  #overflow(): void {
    this.#overflows++;
    this.#deliver();
  }

  /** Delivers what is there; also what comes meanwhile. */
  drain(): void {
    if (this.#length === 0) return;
    this.#nowMs = this.#now();
    this.#deliver();
  }

  #deliver(): void {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    const receiver = this.#receiver;
    const kinds = this.#kinds;
    const spans = this.#spans;
    // Told once: a time that goes from call to call is a number on the heap each time.
    receiver.at(this.#nowMs);
    for (let i = 0; i < this.#length; i++) {
      const span = spans[i] as ReadableSpan;
      spans[i] = undefined;
      receiver.receive(kinds[i] as MessageKind, span);
    }
    this.#length = 0;
    this.#isDelivering = false;
  }
}

/** How long a message may wait where nobody asks: far less than the interval of samples. */
const ALARM_MS = 100;

/**
 * An alarm of Node's that never keeps the process alive. Its timer is made here and started anew each time: one
 * made for a span would keep that span's context.
 */
export function createAlarm(): Alarm {
  let onRing: (() => void) | undefined;
  const timer = setTimeout(() => onRing?.(), ALARM_MS).unref();
  return (ring) => {
    onRing = ring;
    timer.refresh();
  };
}
