/** Time as the processor needs it; tests bring their own. */
export interface Clock {
  /** Calls back once after a delay. The timer does not keep the process alive unless asked to. */
  setTimeout(callback: () => void, delayMs: number, options?: { readonly keepAlive?: boolean }): unknown;
  clearTimeout(timer: unknown): void;
}

/** The real time. */
export const systemClock: Clock = {
  setTimeout(callback, delayMs, { keepAlive = false } = {}) {
    const timer = setTimeout(callback, delayMs);
    return keepAlive ? timer : timer.unref();
  },
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
};
