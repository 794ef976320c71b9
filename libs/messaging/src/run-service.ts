/** A service that has been created; it may still be waiting for the broker. */
export interface RunningService {
  /** What to say once it is ready, e.g. its address. */
  readonly address: string;
  /** Resolves when the service takes messages. */
  readonly ready: Promise<unknown>;
  /** Finishes what runs and flushes the traces. */
  close(): Promise<void>;
}

/** What {@link runService} needs of the process. */
export type ServiceProcess = Pick<NodeJS.Process, 'once' | 'exit' | 'ppid' | 'env'>;

/** Options of {@link runService}. */
export interface RunServiceOptions {
  /** Milliseconds after which a shutdown that hangs ends with exit code 1. Default 25000. */
  readonly closeDeadlineMs?: number;
  /** Milliseconds between looks at the parent that `DISTRACE_PARENT_PID` names. Default 5000: whoever ends the rest of the run comes first. */
  readonly parentLookMs?: number;
  readonly process?: ServiceProcess;
  readonly console?: Pick<Console, 'log' | 'error'>;
}

/**
 * Runs a service until SIGTERM or SIGINT: one line when it is ready, one line and exit code 1 when it cannot
 * start, a graceful end with exit code 0. A second signal ends it at once. With `DISTRACE_PARENT_PID` in its
 * environment it also ends when that process is its parent no more.
 */
export async function runService(
  name: string,
  start: () => Promise<RunningService>,
  {
    closeDeadlineMs = 25_000,
    parentLookMs = 5_000,
    process: proc = process,
    console: out = console,
  }: RunServiceOptions = {},
): Promise<void> {
  try {
    const service = await start();
    let closing = false;
    let signals = 0;
    const close = (signal: string): void => {
      if (closing) return;
      closing = true;
      void closeAndExit(name, service, { signal, closeDeadlineMs, proc, out });
    };
    const onSignal = (signal: string) => (): void => {
      signals += 1;
      if (signals > 1) proc.exit(1);
      else close(signal);
    };
    proc.once('SIGTERM', onSignal('SIGTERM'));
    proc.once('SIGINT', onSignal('SIGINT'));
    const parent = proc.env['DISTRACE_PARENT_PID'];
    if (parent !== undefined) {
      const look = () => String(proc.ppid) !== parent && close('the end of its parent');
      setInterval(look, parentLookMs).unref();
    }
    await service.ready;
    if (!closing) out.log(`${name} ready on ${service.address}`);
  } catch (error) {
    out.error(`${name} cannot start: ${error instanceof Error ? error.message : String(error)}`);
    proc.exit(1);
  }
}

interface Closing {
  readonly signal: string;
  readonly closeDeadlineMs: number;
  readonly proc: ServiceProcess;
  readonly out: Pick<Console, 'error'>;
}

async function closeAndExit(
  name: string,
  service: RunningService,
  { signal, closeDeadlineMs, proc, out }: Closing,
): Promise<void> {
  const timer = setTimeout(() => {
    out.error(`${name} did not close within ${closeDeadlineMs} ms after ${signal}`);
    proc.exit(1);
  }, closeDeadlineMs);
  timer.unref();
  try {
    await service.close();
    clearTimeout(timer);
    proc.exit(0);
  } catch (error) {
    out.error(`${name} did not close cleanly: ${error instanceof Error ? error.message : String(error)}`);
    proc.exit(1);
  }
}
