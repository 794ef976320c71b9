import type { BundleHandle } from '@distrace/instrumentation/runtime';

const FLUSH_TIMEOUT_MS = 2000;

type Emit = (...args: readonly unknown[]) => boolean;

/**
 * Exports what is left when the event loop has nothing more to do. Node tells of that by `process.emit`, which is
 * watched instead of adding a listener: the app finds none that is not its own, and is told once, afterwards.
 */
export function flushAtExit(handle: () => BundleHandle): void {
  const emit = process.emit as Emit;
  let isFlushed = false;
  Object.defineProperty(process, 'emit', {
    configurable: true,
    writable: true,
    enumerable: false,
    value: function (this: unknown, ...args: readonly unknown[]): boolean {
      if (args[0] !== 'beforeExit' || isFlushed) return Reflect.apply(emit, this, args);
      isFlushed = true;
      flush(handle, () => endWithout(emit));
      return false;
    },
  });
}

/** Node tells again once the export is over; `tooLate` is called when that takes too long. */
function flush(handle: () => BundleHandle, tooLate: () => void): void {
  const timer = setTimeout(tooLate, FLUSH_TIMEOUT_MS);
  void shutDown(handle).finally(() => {
    clearTimeout(timer);
    // Keeps the loop for one more turn: without any, Node would not tell again.
    setImmediate(() => undefined);
  });
}

async function shutDown(handle: () => BundleHandle): Promise<void> {
  try {
    await handle().shutdown(FLUSH_TIMEOUT_MS - 200);
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
