import type { DependencyLink } from '@distrace/zipkin';
import type { StoredTrace } from '../store/stored-trace.js';
import { analyseTrace } from './analyse-trace.js';

/** Links of all traces together; each takes about a hundred bytes. */
const MAX_KEPT_LINKS = 200_000;

interface Kept {
  readonly spanCount: number;
  readonly links: readonly DependencyLink[];
}

/** Who calls whom in each trace, kept until the trace grows: to find it takes 30 µs a span. */
export class LinkCache {
  readonly #kept = new Map<StoredTrace, Kept>();
  readonly #pending = new Map<StoredTrace, Promise<readonly DependencyLink[]>>();
  #size = 0;

  async of(trace: StoredTrace): Promise<readonly DependencyLink[]> {
    const known = this.#kept.get(trace);
    if (known?.spanCount === trace.spanCount) return known.links;
    let pending = this.#pending.get(trace);
    if (!pending) {
      pending = this.#find(trace).finally(() => this.#pending.delete(trace));
      this.#pending.set(trace, pending);
    }
    return pending;
  }

  async #find(trace: StoredTrace): Promise<readonly DependencyLink[]> {
    const { spanCount } = trace;
    const links = await analyseTrace(trace, 'links');
    this.forget(trace);
    if (!trace.isEvicted && this.#size + links.length <= MAX_KEPT_LINKS) {
      this.#kept.set(trace, { spanCount, links });
      // A trace without links takes room as well.
      this.#size += links.length + 1;
    }
    return links;
  }

  /** Forgets a trace, with all of its spans. */
  forget(trace: StoredTrace): void {
    const known = this.#kept.get(trace);
    if (known && this.#kept.delete(trace)) this.#size -= known.links.length + 1;
  }

  get size(): number {
    return this.#kept.size;
  }

  clear(): void {
    this.#kept.clear();
    this.#size = 0;
  }
}
