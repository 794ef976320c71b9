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
export type ServiceProcess = Pick<NodeJS.Process, 'once' | 'exit'>;

/** Options of {@link runService}. */
export interface RunServiceOptions {
  /** Milliseconds after which a shutdown that hangs ends with exit code 1. Default 25000. */
  readonly closeDeadlineMs?: number;
  readonly process?: ServiceProcess;
  readonly console?: Pick<Console, 'log' | 'error'>;
}

/**
 * Runs a service until SIGTERM or SIGINT: one line when it is ready, one line and exit code 1 when it cannot
 * start, a graceful end with exit code 0. A second signal ends it at once.
 */
export async function runService(
  name: string,
  start: () => Promise<RunningService>,
  { closeDeadlineMs = 25_000, process: proc = process, console: out = console }: RunServiceOptions = {},
): Promise<void> {
  try {
    const service = await start();
    let closing = false;
    const close = (signal: string): void => {
      closing = true;
      void closeAndExit(name, service, { signal, closeDeadlineMs, proc, out });
    };
    proc.once('SIGTERM', () => (closing ? proc.exit(1) : close('SIGTERM')));
    proc.once('SIGINT', () => (closing ? proc.exit(1) : close('SIGINT')));
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
