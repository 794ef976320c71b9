export interface PollOptions {
  /** Rejects when the server does not answer as it should. */
  readonly poll: () => Promise<void>;
  /** Until the next poll, asked for after each. */
  readonly delayMs: () => number;
  readonly setTimer: (fn: () => void, ms: number) => { unref(): unknown };
}

const DEFAULT_INTERVAL_MS = 10_000;
const LEAST_INTERVAL_MS = 100;
const MOST_INTERVAL_MS = 86_400_000;

/** What was said, within reason: a timer of more than 24.8 days fires at once, again and again. */
export function pollIntervalMs(said: number | undefined): number {
  if (typeof said !== 'number' || Number.isNaN(said)) return DEFAULT_INTERVAL_MS;
  return Math.min(Math.max(said, LEAST_INTERVAL_MS), MOST_INTERVAL_MS);
}

/** Polls for the life of the process and never keeps it alive. */
export function pollInBackground({ poll, delayMs, setTimer }: PollOptions): void {
  const next = () => {
    setTimer(() => {
      poll()
        .catch(() => undefined)
        .finally(next);
    }, delayMs()).unref();
  };
  next();
}
