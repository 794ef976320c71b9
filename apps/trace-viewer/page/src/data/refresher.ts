/** Reads something again when it has changed: never twice at a time, and not too often. */
export interface Refresher {
  /** Reads now; what is being read is given up. */
  now(): void;
  /** Reads soon. However often it is called, readings follow each other with a pause. */
  soon(): void;
  stop(): void;
}

/** Options of {@link createRefresher}. */
export interface RefresherOptions {
  /** Least pause between readings, milliseconds. */
  readonly pauseMs: number;
  /** The pause is at least so many times what the last reading took. Default 0. */
  readonly pauseTimes?: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

/** Makes one that reads by `read`, which must not throw. */
export function createRefresher(
  read: (signal: AbortSignal) => Promise<void>,
  { pauseMs, pauseTimes = 0, now = () => performance.now() }: RefresherOptions,
): Refresher {
  let reading: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDue = false;
  let pause = pauseMs;

  const start = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    isDue = false;
    reading?.abort();
    const own = (reading = new AbortController());
    const startedAt = now();
    await read(own.signal);
    if (reading !== own) return;
    reading = undefined;
    pause = Math.max(pauseMs, (now() - startedAt) * pauseTimes);
    if (isDue) wait();
  };
  const wait = (): void => {
    timer ??= setTimeout(() => void start(), pause);
  };
  return {
    now: () => void start(),
    soon: () => {
      // Who gave up a slow answer for each change would never see one.
      if (reading) isDue = true;
      else wait();
    },
    stop: () => {
      clearTimeout(timer);
      timer = undefined;
      isDue = false;
      reading?.abort();
      reading = undefined;
    },
  };
}
