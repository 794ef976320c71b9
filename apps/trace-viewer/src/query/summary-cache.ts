import type { TraceSummary } from '@distrace/zipkin';
import type { StoredTrace } from '../store/stored-trace.js';
import { analyseTrace } from './analyse-trace.js';

const MAX_KEPT = 2000;
/** A summary may cost this part of the time at most: a trace of 50,000 spans that grows is not summed up each time. */
const MAX_SHARE = 1 / 20;

interface Kept {
  readonly spanCount: number;
  readonly summary: TraceSummary;
  readonly freshUntil: number;
}

/** Summaries of traces, made when asked for and kept until the trace grows. */
export class SummaryCache {
  readonly #now: () => number;
  readonly #kept = new Map<StoredTrace, Kept>();
  readonly #pending = new Map<StoredTrace, Promise<TraceSummary>>();

  /** `now`: milliseconds of a clock that only goes forward. */
  constructor({ now = () => performance.now() }: { readonly now?: () => number } = {}) {
    this.#now = now;
  }

  async of(trace: StoredTrace): Promise<TraceSummary> {
    const known = this.#kept.get(trace);
    if (known && (known.spanCount === trace.spanCount || this.#now() < known.freshUntil))
      return known.summary;
    // Pages ask again while a large trace is being summed up.
    let pending = this.#pending.get(trace);
    if (!pending) {
      pending = this.#sumUp(trace).finally(() => this.#pending.delete(trace));
      this.#pending.set(trace, pending);
    }
    return pending;
  }

  async #sumUp(trace: StoredTrace): Promise<TraceSummary> {
    const { spanCount } = trace;
    const startedAt = this.#now();
    const summary = await analyseTrace(trace, 'summary');
    const endedAt = this.#now();
    this.#kept.delete(trace);
    // Somebody may still ask for one that has made room: kept, it would stay whole.
    if (trace.isEvicted) return summary;
    this.#kept.set(trace, {
      spanCount,
      summary,
      freshUntil: endedAt + (endedAt - startedAt) / MAX_SHARE,
    });
    if (this.#kept.size > MAX_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return summary;
  }

  /** Forgets a trace, with all of its spans. */
  forget(trace: StoredTrace): void {
    this.#kept.delete(trace);
  }

  get size(): number {
    return this.#kept.size;
  }

  clear(): void {
    this.#kept.clear();
  }
}
