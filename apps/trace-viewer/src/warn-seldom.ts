/** Options of {@link warnSeldom}. */
export interface WarnSeldomOptions {
  /** Milliseconds in which there is one warning at most. Default 10,000. */
  readonly intervalMs?: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

/** A `warn` that says one of many: what goes wrong once mostly goes wrong for each of a thousand requests. */
export function warnSeldom(
  warn: (message: string) => void,
  { intervalMs = 10_000, now = () => performance.now() }: WarnSeldomOptions = {},
): (message: string) => void {
  let nextAt = -Infinity;
  let unsaid = 0;
  return (message) => {
    if (now() < nextAt) {
      unsaid += 1;
      return;
    }
    nextAt = now() + intervalMs;
    warn(unsaid === 0 ? message : `${message} (and ${unsaid} times since it was last said)`);
    unsaid = 0;
  };
}
