import { ArrivalQueue } from './arrival-queue.js';
import { SortedList } from './sorted-list.js';
import type { StoredTrace } from './stored-trace.js';

/** Traces by id, and in the three orders in which they are asked for: of arrival, of latest start, of beginning. */
export class TraceShelf {
  readonly #byId = new Map<string, StoredTrace>();
  readonly #arrivals = new ArrivalQueue<StoredTrace>();
  readonly #byLatest = new SortedList<StoredTrace>((a, b) => a.latest - b.latest || a.arrival - b.arrival);
  readonly #byStart = new SortedList<StoredTrace>((a, b) => a.listedAt - b.listedAt || a.arrival - b.arrival);

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): StoredTrace | undefined {
    return this.#byId.get(id);
  }

  /** Puts up a new trace; it has no place among the times before {@link list}. */
  add(trace: StoredTrace): void {
    this.#byId.set(trace.id, trace);
    this.#arrivals.push(trace);
  }

  /** Gives a trace its places by time. */
  list(trace: StoredTrace): void {
    this.#byLatest.add(trace);
    this.#byStart.add(trace);
  }

  /** Takes a trace out of its places by time: they may change with its next span. */
  unlist(trace: StoredTrace): void {
    this.#byLatest.delete(trace);
    this.#byStart.delete(trace);
  }

  /** Takes the trace that arrived first; its places by time are left to the caller. */
  takeOldest(): StoredTrace | undefined {
    const trace = this.#arrivals.shift();
    if (trace) this.#byId.delete(trace.id);
    return trace;
  }

  clear(): void {
    for (const trace of this.#byId.values()) trace.isEvicted = true;
    this.#byId.clear();
    this.#arrivals.clear();
    this.#byLatest.clear();
    this.#byStart.clear();
  }

  /** The one with the latest start of a span first. The shelf must not change meanwhile. */
  byLatest(): Iterable<StoredTrace> {
    return this.#byLatest.backwards();
  }

  /** The one that began last first. The shelf must not change meanwhile. */
  byStart(): Iterable<StoredTrace> {
    return this.#byStart.backwards();
  }
}
