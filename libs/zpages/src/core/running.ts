import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { startsBefore, unixMicros } from './span-times.js';

const NONE = -1;
/** In place of a span that others must keep alive. */
const HELD_WEAKLY = -2;

/**
 * Running spans by identity: each has a slot, whose number it remembers, so that coming and going is one write
 * each. Neither names nor order are kept up: both are read from the spans when somebody asks.
 */
export class RunningSpans {
  readonly #capacity: number;
  /** A span; or, where there is none, the next slot without one. */
  readonly #slots: (ReadableSpan | number)[] = [];
  /** By slot. An entry counts only while its slot says so. */
  readonly #weak = new Map<number, WeakRef<ReadableSpan>>();
  #free = NONE;
  #size = 0;

  /** Beyond `capacity` the spans that came first stay: those are the ones that hang. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How many are held. */
  get size(): number {
    return this.#size;
  }

  /** The slot, or -1 where there is no room. */
  add(span: ReadableSpan): number {
    let slot = this.#free;
    if (slot === NONE) {
      if (this.#slots.length >= this.#capacity) return NONE;
      slot = this.#slots.push(span) - 1;
    } else {
      this.#free = this.#slots[slot] as number;
      this.#slots[slot] = span;
    }
    this.#size++;
    return slot;
  }

  remove(slot: number): void {
    this.#slots[slot] = this.#free;
    this.#free = slot;
    this.#size--;
  }

  /** The slot of a span that cannot tell it any more; -1 where it has none. Looks at all. */
  slotOf(span: ReadableSpan): number {
    const slot = this.#slots.indexOf(span);
    if (slot >= 0) return slot;
    for (const at of this.#weak.keys()) if (this.#at(at) === span) return at;
    return NONE;
  }

  /** The span in a slot, if there is one. */
  #at(slot: number): ReadableSpan | undefined {
    const span = this.#slots[slot];
    if (typeof span !== 'number') return span;
    return span === HELD_WEAKLY ? this.#weak.get(slot)?.deref() : undefined;
  }

  /**
   * Leaves all but the `keep` oldest to the collector, of those that are due: a span that its application has lost
   * never ends, and 10,000 of them with all they carry were 1 GB. One that still runs somewhere stays.
   */
  holdWeakly(keep: number, isDue: (span: ReadableSpan) => boolean): void {
    this.sweep();
    if (this.#size <= keep) return;
    // Typed, as that is sorted ten times as fast.
    const starts = Float64Array.from(this.#slots, (_, slot) => startOf(this.#at(slot))).toSorted();
    const limit = starts[keep] as number;
    let room = keep - starts.indexOf(limit);
    for (const [slot, span] of this.#slots.entries()) {
      if (typeof span === 'number') continue;
      const start = startOf(span);
      if (start < limit || (start === limit && room-- > 0)) continue;
      if (start < Number.POSITIVE_INFINITY && !isDue(span)) continue;
      this.#weak.set(slot, new WeakRef(span));
      this.#slots[slot] = HELD_WEAKLY;
    }
  }

  /** Frees the slots of spans that the collector has taken: to be called before all are looked at. */
  sweep(): void {
    for (const slot of this.#weak.keys()) {
      const isWeak = this.#slots[slot] === HELD_WEAKLY;
      if (isWeak && this.#at(slot) !== undefined) continue;
      this.#weak.delete(slot);
      if (isWeak) this.remove(slot);
    }
  }

  /** In no order. */
  *all(): Generator<ReadableSpan> {
    for (let slot = 0; slot < this.#slots.length; slot++) {
      const span = this.#at(slot);
      if (span !== undefined) yield span;
    }
  }

  /** How many match, and the `limit` oldest of them, oldest first. */
  oldest(
    limit: number,
    matches: (span: ReadableSpan) => boolean,
  ): { readonly count: number; readonly spans: readonly ReadableSpan[] } {
    let count = 0;
    const top: ReadableSpan[] = [];
    for (const span of this.all()) {
      if (!matches(span)) continue;
      count++;
      // Sorting all of 10,000 would stall the event loop for longer than a page may.
      const isOlder = limit > 0 && (top.length < limit || startsBefore(span, top.at(-1) as ReadableSpan));
      if (isOlder) insert(top, span, limit);
    }
    return { count, spans: top };
  }
}

/** When a span started; later than any where there is none, or where it cannot be read. */
function startOf(span: ReadableSpan | undefined): number {
  try {
    return span === undefined ? Number.POSITIVE_INFINITY : unixMicros(span.startTime);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function insert(top: ReadableSpan[], span: ReadableSpan, limit: number): void {
  let at = top.length;
  while (at > 0 && startsBefore(span, top[at - 1] as ReadableSpan)) at--;
  top.splice(at, 0, span);
  if (top.length > limit) top.pop();
}
