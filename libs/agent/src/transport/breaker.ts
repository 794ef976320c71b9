export interface BreakerOptions {
  readonly nowMs: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  /** Of waiting for answers in the life of the process, all together. */
  readonly budgetMs: number;
  readonly firstPauseMs?: number;
  readonly longestPauseMs?: number;
}

/**
 * Stops asking a server that does not answer: after a failure nothing is asked until a pause is over, which doubles
 * with each failure in a row; and nothing more once the waiting adds up to the budget, until a background request
 * succeeds.
 */
export class Breaker {
  readonly #options: Required<BreakerOptions>;
  #failures = 0;
  #closedUntilMs = 0;
  #waitedMs = 0;

  constructor(options: BreakerOptions) {
    this.#options = { firstPauseMs: 1000, longestPauseMs: 60_000, ...options };
  }

  /** Whether a request may be made now. */
  get allows(): boolean {
    return this.#options.nowMs() >= this.#closedUntilMs && this.#waitedMs < this.#options.budgetMs;
  }

  /** How long to wait before the next try in the background. */
  get pauseMs(): number {
    const { firstPauseMs, longestPauseMs, random } = this.#options;
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.max(0, this.#failures - 1));
    return pause * (0.9 + 0.2 * random());
  }

  get failing(): boolean {
    return this.#failures > 0;
  }

  /** A request made the app wait so long. */
  waited(ms: number): void {
    this.#waitedMs += ms;
  }

  failed(): void {
    this.#failures += 1;
    this.#closedUntilMs = this.#options.nowMs() + this.pauseMs;
  }

  /** In the background: the server answers again, so that the budget starts anew. */
  recovered(): void {
    this.#failures = 0;
    this.#closedUntilMs = 0;
    this.#waitedMs = 0;
  }

  /** A request that the app waited for was answered. */
  succeeded(): void {
    this.#failures = 0;
    this.#closedUntilMs = 0;
  }
}
