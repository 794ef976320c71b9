import type { CloseSpanOptions, TraceContext } from '@distrace/tracing/core';

const MAX_OPEN = 10_000;

/** Traces of the tasks whose notification has not come; the current span of each is its main span. */
export class OpenTasks {
  readonly #maxOpen: number;
  /** Oldest first. */
  readonly #traces = new Map<string, TraceContext>();

  constructor(maxOpen = MAX_OPEN) {
    this.#maxOpen = maxOpen;
  }

  begin(id: string, trace: TraceContext): void {
    this.#traces.set(id, trace);
    const [oldest] = this.#traces.keys();
    // A notification that never comes must not cost memory for ever.
    if (this.#traces.size > this.#maxOpen && oldest !== undefined) {
      this.end(oldest, { error: new Error('too many tasks are open') });
    }
  }

  /** Closes the main span of a task; does nothing for one that is not open. */
  end(id: string, options: CloseSpanOptions = {}): void {
    const trace = this.#traces.get(id);
    this.#traces.delete(id);
    trace?.closeCurrentSpan(options);
  }
}
