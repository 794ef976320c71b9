/** Runs work once per key at a time: whoever asks meanwhile gets the same result. */
export class SingleFlight<T> {
  readonly #running = new Map<string, Promise<T>>();
  #joined = 0;

  /** How often somebody got the result of work that another had begun. */
  get joined(): number {
    return this.#joined;
  }

  /** The work that runs for a key; undefined when none does. */
  running(key: string): Promise<T> | undefined {
    const running = this.#running.get(key);
    if (running) this.#joined += 1;
    return running;
  }

  run(key: string, work: () => Promise<T>): Promise<T> {
    const running = this.running(key);
    if (running) return running;
    const started = work().finally(() => this.#running.delete(key));
    this.#running.set(key, started);
    return started;
  }
}
