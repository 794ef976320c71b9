import type { TraceContext } from '@distrace/tracing/core';

interface OpenTask {
  readonly trace: TraceContext;
  readonly settled: Promise<void>;
  readonly resolve: () => void;
}

/** Tasks sent and not yet answered by the exporter. Each holds its `Main Client Span` open, however long that takes. */
export class OpenTasks {
  readonly #open = new Map<string, OpenTask>();
  #waiting = 0;
  #nobodyWaits: (() => void) | undefined;

  /** How many there are. */
  get size(): number {
    return this.#open.size;
  }

  /** Begins a task whose current span in `trace` is its main span. */
  begin(id: string, trace: TraceContext): void {
    const resolvers: (() => void)[] = [];
    const settled = new Promise<void>((resolve) => resolvers.push(resolve));
    const resolve = (): void => resolvers[0]?.();
    this.#open.set(id, { trace, settled, resolve });
  }

  /** Ends a task: closes its span and wakes who waits. Does nothing for a task that is not open. */
  end(id: string, { error }: { readonly error?: unknown } = {}): void {
    const task = this.#open.get(id);
    if (task === undefined) return;
    this.#open.delete(id);
    task.trace.closeCurrentSpan(error === undefined ? {} : { error });
    task.resolve();
  }

  /** Waits until a task has ended, at most `ms` milliseconds, or until the signal. */
  async wait(
    id: string,
    { ms, signal }: { readonly ms: number; readonly signal: AbortSignal },
  ): Promise<void> {
    const task = this.#open.get(id);
    if (task === undefined) return;
    this.#waiting += 1;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      const stop = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        resolve();
      };
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop);
      void task.settled.then(stop);
    });
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#nobodyWaits?.();
  }

  /** Resolves when no one waits any more, at most after `ms` milliseconds. */
  async untilNobodyWaits(ms: number): Promise<void> {
    if (this.#waiting === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#nobodyWaits = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Ends all tasks, so that their spans are exported. */
  endAll(): void {
    for (const id of this.#open.keys()) this.end(id);
  }
}
