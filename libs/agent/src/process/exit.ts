import type { BundleHandle } from '@distrace/instrumentation/runtime';

const FLUSH_TIMEOUT_MS = 2000;

/** As they are before the app: it may replace them, as fake timers of tests do, and an exception here would be its end. */
const { setTimeout, clearTimeout, setImmediate } = globalThis;
const now = performance.now.bind(performance);

type Emit = (...args: readonly unknown[]) => boolean;
type Kill = typeof process.kill;

export interface EndOptions {
  /** The bundles that may have spans left. */
  readonly handles: () => readonly BundleHandle[];
  /** How long an end without another turn of the event loop may be held, milliseconds. 0: not at all. */
  readonly exitFlushMs: number;
  readonly isMainThread: boolean;
  /** Runs beside the last export, while the event loop turns; has a bound of its own. */
  readonly farewell?: () => Promise<void>;
  /** Runs once, at the very end, however it came. */
  readonly last?: () => void;
}

/**
 * Exports what is left when the process ends. Node tells of its end by `process.emit`, which is watched instead of
 * adding a listener: the app finds none that is not its own. When the event loop has nothing more to do there is time,
 * and the app is told afterwards, once; after `process.exit` and exceptions the app's listeners come first, and
 * what is left then is handed over while the process waits.
 */
export function exportAtEnd(options: EndOptions): void {
  const emit = process.emit as Emit;
  const atOnce = once(options);
  let isFlushed = false;
  Object.defineProperty(process, 'emit', {
    configurable: true,
    writable: true,
    enumerable: false,
    value: function (this: unknown, ...args: readonly unknown[]): boolean {
      if (args[0] === 'exit') {
        try {
          return Reflect.apply(emit, this, args);
        } finally {
          atOnce();
        }
      }
      if (args[0] !== 'beforeExit' || isFlushed) return Reflect.apply(emit, this, args);
      isFlushed = true;
      try {
        flush(options, () => endWithout(emit));
        return false;
      } catch {
        return Reflect.apply(emit, this, args);
      }
    },
  });
  if (options.isMainThread) watchOwnKill(atOnce);
}

const ENDING = new Set<unknown>(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGKILL', 'SIGUSR2']);

/**
 * What Nest's shutdown hooks and the like do last: the process sends itself the signal that it has handled, and
 * ends without a word.
 */
function watchOwnKill(atOnce: () => void): void {
  const kill = process.kill;
  const watched: Kill = function (this: unknown, pid, signal) {
    const name = signal ?? 'SIGTERM';
    if (pid === process.pid && ENDING.has(name) && process.listenerCount(name as string) === 0) atOnce();
    // As many arguments as came: an undefined one may mean something else than none.
    return Reflect.apply(kill, this, arguments) as true;
  };
  const own = Object.getOwnPropertyDescriptor(process, 'kill');
  Object.defineProperty(watched, 'name', { value: 'kill' });
  Object.defineProperty(process, 'kill', { ...own, value: watched });
}

/** Nothing of it may reach the app, which is at its end and would get another exit code. */
function once({ handles, exitFlushMs, last }: EndOptions): () => void {
  let isLast = false;
  return () => {
    const deadlineMs = now() + exitFlushMs;
    for (const handle of handles()) {
      try {
        handle.flushSync?.(Math.max(0, deadlineMs - now()));
      } catch {
        // It has said so itself.
      }
    }
    if (isLast) return;
    isLast = true;
    try {
      last?.();
    } catch {
      // It is only about words.
    }
  };
}

/** Node tells again once the export is over; `tooLate` is called when that takes too long. */
function flush({ handles, farewell }: EndOptions, tooLate: () => void): void {
  const timer = setTimeout(tooLate, FLUSH_TIMEOUT_MS);
  const over = () => {
    clearTimeout(timer);
    // Keeps the loop for one more turn: without any, Node would not tell again.
    setImmediate(() => undefined);
  };
  void all([...handles().map(shutDown), farewell?.()]).then(over, over);
}

async function all(parts: readonly (Promise<void> | undefined)[]): Promise<void> {
  for (const part of parts) await part;
}

async function shutDown(handle: BundleHandle): Promise<void> {
  try {
    await handle.shutdown(FLUSH_TIMEOUT_MS - 200);
  } catch {
    // It has said so itself; the process ends as it would.
  }
}

/** Ends the process as Node would, were there not an export that hangs. */
function endWithout(emit: Emit): void {
  const before = process.getActiveResourcesInfo().length;
  Reflect.apply(emit, process, ['beforeExit', process.exitCode ?? 0]);
  // The app has begun something new: it will end by itself.
  if (process.getActiveResourcesInfo().length <= before) process.exit();
}
