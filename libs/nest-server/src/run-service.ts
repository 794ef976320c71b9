import { messageOf } from './message-of.js';

/** A service that has been created. */
export interface RunningService {
  /** What to say once it is ready, e.g. its address. */
  readonly address: string;
  /** Resolves when it does its work, such as once a broker is there. Default: at once. */
  readonly ready?: Promise<unknown>;
  /** Finishes what runs and saves what must not be lost. */
  close(): Promise<void>;
}

/** What {@link runService} needs of the process. */
export type ServiceProcess = Pick<NodeJS.Process, 'once' | 'exit' | 'ppid' | 'env'>;

/** Options of {@link runService}. */
export interface RunServiceOptions {
  /** Milliseconds after which an end that hangs is exit code 1. Default 10,000. */
  readonly closeDeadlineMs?: number;
  /** Milliseconds between looks at the parent that `DISTRACE_PARENT_PID` names. Default 5000: whoever ends the rest of the run comes first. */
  readonly parentLookMs?: number;
  readonly process?: ServiceProcess;
  readonly console?: Pick<Console, 'log' | 'error'>;
}

/**
 * Runs a service until SIGTERM or SIGINT: one line when it is ready, one line and exit code 1 when it cannot
 * start, an orderly end with exit code 0. A second signal ends it at once. With `DISTRACE_PARENT_PID` in its
 * environment it also ends when that process is its parent no more.
 */
export async function runService(
  name: string,
  start: () => Promise<RunningService>,
  {
    closeDeadlineMs = 10_000,
    parentLookMs = 5000,
    process: proc = process,
    console: out = console,
  }: RunServiceOptions = {},
): Promise<void> {
  const started = (async () => await start())();
  let closing = false;
  const close = (why: string): void => {
    if (closing) return;
    closing = true;
    void closeAndExit(name, started, { why, closeDeadlineMs, proc, out });
  };
  let signals = 0;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    proc.once(signal, () => {
      signals += 1;
      if (signals > 1) proc.exit(1);
      else close(signal);
    });
  }
  try {
    const service = await started;
    const parent = proc.env['DISTRACE_PARENT_PID'];
    if (parent !== undefined) {
      const look = () => String(proc.ppid) !== parent && close('the end of its parent');
      setInterval(look, parentLookMs).unref();
    }
    await service.ready;
    if (!closing) out.log(`${name} ready on ${service.address}`);
  } catch (error) {
    if (closing) return;
    out.error(`${name} cannot start: ${messageOf(error)}`);
    proc.exit(1);
  }
}

interface Closing {
  readonly why: string;
  readonly closeDeadlineMs: number;
  readonly proc: ServiceProcess;
  readonly out: Pick<Console, 'error'>;
}

async function closeAndExit(
  name: string,
  started: Promise<RunningService>,
  { why, closeDeadlineMs, proc, out }: Closing,
): Promise<void> {
  const timer = setTimeout(() => {
    out.error(`${name} did not close within ${closeDeadlineMs} ms after ${why}`);
    proc.exit(1);
  }, closeDeadlineMs);
  timer.unref();
  try {
    // A start that has begun is waited for: what it does in processes of its own would tell of a sudden end.
    const service = await started.catch(() => undefined);
    await service?.close();
    clearTimeout(timer);
    proc.exit(0);
  } catch (error) {
    out.error(`${name} did not close cleanly: ${messageOf(error)}`);
    proc.exit(1);
  }
}
