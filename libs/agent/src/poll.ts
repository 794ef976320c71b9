export interface PollOptions {
  /** Rejects when the server does not answer as it should. */
  readonly poll: () => Promise<void>;
  /** Until the next poll, asked for after each. */
  readonly delayMs: () => number;
  readonly setTimer: (fn: () => void, ms: number) => { unref(): unknown };
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
