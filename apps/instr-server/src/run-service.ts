/** A service that answers. */
export interface RunningService {
  /** What to say once it is ready. */
  readonly address: string;
  close(): Promise<void>;
}

/** What {@link runService} needs of the process. */
export type ServiceProcess = Pick<NodeJS.Process, 'once' | 'exit' | 'ppid' | 'env'>;

/** Options of {@link runService}. */
export interface RunServiceOptions {
  /** Milliseconds after which an end that hangs is exit code 1. Default 10,000. */
  readonly closeDeadlineMs?: number;
  /** Milliseconds between looks at the parent that `DISTRACE_PARENT_PID` names. Default 5000. */
  readonly parentLookMs?: number;
  readonly process?: ServiceProcess;
  readonly console?: Pick<Console, 'log' | 'error'>;
}

/**
 * Runs a service until SIGTERM or SIGINT: one line when it is ready, one line and exit code 1 when it cannot start.
 * A second signal ends it at once. With `DISTRACE_PARENT_PID` it also ends when that process is its parent no more.
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
  const close = (): void => {
    if (closing) return;
    closing = true;
    setTimeout(() => proc.exit(1), closeDeadlineMs).unref();
    // A start that has begun is waited for: what it does in processes of its own would tell of a sudden end.
    started
      .catch(() => undefined)
      .then((service) => service?.close())
      .then(
        () => proc.exit(0),
        (error: unknown) => {
          out.error(`${name} did not close cleanly: ${messageOf(error)}`);
          proc.exit(1);
        },
      );
  };
  let signals = 0;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    proc.once(signal, () => {
      signals += 1;
      if (signals > 1) proc.exit(1);
      else close();
    });
  }
  let address: string;
  try {
    ({ address } = await started);
  } catch (error) {
    if (closing) return;
    out.error(`${name} cannot start: ${messageOf(error)}`);
    proc.exit(1);
    return;
  }
  if (closing) return;
  const parent = proc.env['DISTRACE_PARENT_PID'];
  if (parent !== undefined) {
    setInterval(() => String(proc.ppid) !== parent && close(), parentLookMs).unref();
  }
  out.log(`${name} ready on ${address}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
