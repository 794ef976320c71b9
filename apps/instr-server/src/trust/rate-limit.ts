import { ServerProblem } from '../problem.js';

/** Options of {@link RateLimit}. */
export interface RateLimitOptions {
  /** Requests a second, in the long run. */
  readonly perSecond: number;
  /** Requests at once: the start of a large application. */
  readonly burst: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const MAX_CLIENTS = 10_000;

/** So many requests a second for each client, with room for a burst. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #buckets = new Map<string, { left: number; atMs: number }>();
  #refused = 0;

  constructor(options: RateLimitOptions) {
    this.#options = options;
  }

  get refused(): number {
    return this.#refused;
  }

  /** Takes one. @throws ServerProblem 429. */
  take(client: string): void {
    const { perSecond, burst, now } = this.#options;
    const at = now();
    const before = this.#buckets.get(client);
    // Set anew, so that those who ask stay and those who left go first.
    this.#buckets.delete(client);
    const earned = before ? Math.max(0, at - before.atMs) * (perSecond / 1000) : burst;
    const left = Math.min(burst, (before?.left ?? 0) + earned);
    this.#buckets.set(client, { left: left >= 1 ? left - 1 : left, atMs: at });
    if (this.#buckets.size > MAX_CLIENTS) this.#buckets.delete(this.#buckets.keys().next().value!);
    if (left >= 1) return;
    this.#refused += 1;
    throw new ServerProblem(
      429,
      'DT_ERR_SERVER_RATE',
      `A client may ask ${perSecond} times a second, ${burst} at once, got more. Ask again later, or raise the server's rate.`,
      { headers: { 'Retry-After': '1' } },
    );
  }
}
