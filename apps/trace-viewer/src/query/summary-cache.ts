import { summarise, type TraceSummary } from '@distrace/zipkin';
import type { StoredTrace } from '../store/stored-trace.js';
import { spansOf } from './trace-text.js';

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

  /** `now`: milliseconds of a clock that only goes forward. */
  constructor({ now = () => performance.now() }: { readonly now?: () => number } = {}) {
    this.#now = now;
  }

  of(trace: StoredTrace): TraceSummary {
    const startedAt = this.#now();
    const known = this.#kept.get(trace);
    if (known && (known.spanCount === trace.spanCount || startedAt < known.freshUntil)) return known.summary;
    const summary = summarise(spansOf(trace));
    const endedAt = this.#now();
    this.#kept.delete(trace);
    this.#kept.set(trace, {
      spanCount: trace.spanCount,
      summary,
      freshUntil: endedAt + (endedAt - startedAt) / MAX_SHARE,
    });
    if (this.#kept.size > MAX_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return summary;
  }

  clear(): void {
    this.#kept.clear();
  }
}
