import { StartError } from './errors.ts';

/** The two ways in which a run is told to end. */
export interface Interruption {
  /** Stop in order; its reason is the error to end with. */
  readonly interrupt: AbortSignal;
  /** Stop at once. */
  readonly hurry: AbortSignal;
}

const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** npm passes on the SIGINT that the terminal has sent to us already: that is one Ctrl-C, not two. */
const SAME_KEY_MS = 500;

/** Options of `listenForSignals`. */
export interface SignalOptions {
  readonly on: (signal: keyof typeof EXIT_CODES, listener: () => void) => unknown;
  readonly onParentGone: (callback: () => void) => void;
  readonly onFirst: (why: string) => void;
  /** Milliseconds; default performance.now. */
  readonly now?: () => number;
}

/** The first signal interrupts, a later one hurries. The end of the parent interrupts, too. */
export function listenForSignals({
  on,
  onParentGone,
  onFirst,
  now = () => performance.now(),
}: SignalOptions): Interruption {
  const interrupt = new AbortController();
  const hurry = new AbortController();
  let first = 0;
  const stop = (why: string, exitCode: number) => {
    if (interrupt.signal.aborted) return false;
    first = now();
    onFirst(why);
    interrupt.abort(new StartError('DT_ERR_START_INTERRUPTED', `Ended by ${why}.`, { exitCode }));
    return true;
  };
  for (const [signal, exitCode] of Object.entries(EXIT_CODES)) {
    on(signal as keyof typeof EXIT_CODES, () => {
      if (!stop(signal, exitCode) && now() - first >= SAME_KEY_MS) hurry.abort();
    });
  }
  onParentGone(() => stop('the end of its parent process', 1));
  return { interrupt: interrupt.signal, hurry: hurry.signal };
}
