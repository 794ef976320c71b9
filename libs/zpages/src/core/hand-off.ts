import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** A span started. */
export const START = 0;
/** A span ended. */
export const END = 1;
/** A span ended at a processor that was shut down: counts only where its start did. */
export const END_OF_KNOWN = 2;

/** What a message says about its span. */
export type MessageKind = typeof START | typeof END | typeof END_OF_KNOWN;

/** Who gets the messages, in order. Must not throw once it has done anything. */
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
  /** How many of them are delivered: not 0 only where a delivery broke off. */
  #delivered = 0;
  #isDelivering = false;
  #isAlarmSet = false;
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

  /** Throws only where the engine's stack has no room left, and then the message is not taken. */
  push(kind: MessageKind, span: ReadableSpan): void {
    const at = this.#length;
    if (at === this.#capacity) {
      this.#pushWhenFull(kind, span);
      return;
    }
    this.#kinds[at] = kind;
    this.#spans[at] = span;
    this.#length = at + 1;
    if (this.#isAlarmSet && at + 1 !== this.#capacity) return;
    try {
      if (!this.#isAlarmSet) this.#wake();
      if (at + 1 === this.#capacity) this.#overflow();
    } catch {
      // No room on the stack. The message is taken; the next one tries again.
    }
  }

  #pushWhenFull(kind: MessageKind, span: ReadableSpan): void {
    if (this.#isDelivering) {
      // Somebody reads a span, and reading it started or ended this one.
      this.#receiver.receive(kind, span);
      return;
    }
    // A delivery broke off.
    this.#deliver();
    this.push(kind, span);
  }

  #wake(): void {
    this.#alarm(() => {
      this.#isAlarmSet = false;
      this.drain();
    });
    this.#isAlarmSet = true;
  }

  #overflow(): void {
    this.#overflows++;
    this.#deliver();
  }

  /** Delivers what is there; also what comes meanwhile. */
  drain(): void {
    if (this.#length > 0) this.#deliver();
  }

  #deliver(): void {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    const receiver = this.#receiver;
    const kinds = this.#kinds;
    const spans = this.#spans;
    let at = this.#delivered;
    try {
      // Told once: a time that goes from call to call is a number on the heap each time. And looked up now, not
      // at the first message: what ends here must not seem to have ended before it did.
      receiver.at(this.#now());
      for (; at < this.#length; at++) {
        receiver.receive(kinds[at] as MessageKind, spans[at] as ReadableSpan);
        spans[at] = undefined;
      }
      at = 0;
      this.#length = 0;
    } finally {
      // A receiver throws only where the stack has no room for its first call. What is left waits.
      this.#delivered = at;
      this.#isDelivering = false;
    }
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
