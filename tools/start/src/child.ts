import type { ChildProcess } from 'node:child_process';
import type { Guardian } from '@distrace/broker';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Resolves when the process is gone or could not be started; never rejects. */
export function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: 127, signal: null }));
  });
}

/** `exit code 1` or `SIGKILL`. */
export function describeExit({ code, signal }: Exit): string {
  return signal ?? `exit code ${code}`;
}

/** Signals a group that was spawned with `detached: true`; one that is gone is fine. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Gives a group to the guardian. One that the guardian does not take is killed: nobody else would end it. */
export function adoptOrKill(guardian: Guardian, pid: number): void {
  try {
    guardian.adoptProcess(pid, { group: true });
  } catch (error) {
    signalGroup(pid, 'SIGKILL');
    throw error;
  }
}

/** True when `promise` settles within `ms`; the timer does not outlive the answer. */
export async function settlesWithin(
  promise: Promise<unknown>,
  ms: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), ms);
  const given = () => end.abort();
  if (signal?.aborted) end.abort();
  signal?.addEventListener('abort', given, { once: true });
  try {
    return await Promise.race([
      promise.then(() => true),
      new Promise<boolean>((resolve) => {
        if (end.signal.aborted) resolve(false);
        end.signal.addEventListener('abort', () => resolve(false), { once: true });
      }),
    ]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', given);
  }
}
