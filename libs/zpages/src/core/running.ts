import type { ReadableSpan } from '@opentelemetry/sdk-trace';

const NONE = -1;

/**
 * Running spans by identity: each has a slot, whose number it remembers, so that coming and going is one write
 * each. Neither names nor order are kept up: both are read from the spans when somebody asks.
 */
export class RunningSpans {
  readonly #capacity: number;
  /** A span; or, where there is none, the next slot without one. */
  readonly #slots: (ReadableSpan | number)[] = [];
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
    return this.#slots.indexOf(span);
  }

  /** In no order. */
  *all(): Generator<ReadableSpan> {
    for (const span of this.#slots) if (typeof span !== 'number') yield span;
  }

  /** How many match, and the `limit` oldest of them, oldest first. */
  oldest(
    limit: number,
    matches: (span: ReadableSpan) => boolean,
  ): { readonly count: number; readonly spans: readonly ReadableSpan[] } {
    let count = 0;
    const top: ReadableSpan[] = [];
    for (const span of this.#slots) {
      if (typeof span === 'number' || !matches(span)) continue;
      count++;
      // Sorting all of 10,000 would stall the event loop for longer than a page may.
      const isOlder = top.length < limit || startsBefore(span, top.at(-1) as ReadableSpan);
      if (limit > 0 && isOlder) insert(top, span, limit);
    }
    return { count, spans: top };
  }
}

function insert(top: ReadableSpan[], span: ReadableSpan, limit: number): void {
  let at = top.length;
  while (at > 0 && startsBefore(span, top[at - 1] as ReadableSpan)) at--;
  top.splice(at, 0, span);
  if (top.length > limit) top.pop();
}

function startsBefore(a: ReadableSpan, b: ReadableSpan): boolean {
  return (
    a.startTime[0] < b.startTime[0] || (a.startTime[0] === b.startTime[0] && a.startTime[1] < b.startTime[1])
  );
}
