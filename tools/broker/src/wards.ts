import { lstatSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, isAbsolute, relative, sep } from 'node:path';
import { BrokerError } from './errors.ts';
import { poll } from './poll.ts';
import { listProcesses, startTimeOf } from './process-table.ts';

/** A process, or the whole group it leads, that must not outlive us. */
export interface AdoptedProcess {
  readonly pid: number;
  readonly group: boolean;
  readonly startTime: string;
}

/** Every folder that may be adopted has a name that begins so. */
export const folderPrefix = 'distrace-';

/** True while the process, or for a group any member of it, is there; a later process with the same pid does not count. */
export function isRunning(adopted: AdoptedProcess): boolean {
  const startTime = startTimeOf(adopted.pid);
  if (startTime === adopted.startTime) return true;
  if (!adopted.group || startTime != null) return false;
  // The leader went, its children may still be there. While they are, nobody else gets its number as a group.
  return listProcesses().some((entry) => entry.group === adopted.pid && entry.session === adopted.pid);
}

/** Sends `signal` to the process or its group, unless it is gone. */
export function sendSignal(adopted: AdoptedProcess, signal: NodeJS.Signals): void {
  if (!isRunning(adopted)) return;
  const wholeGroup = adopted.group && process.platform !== 'win32';
  try {
    process.kill(wholeGroup ? -adopted.pid : adopted.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** SIGTERM, and SIGKILL where that was not enough after `graceMs`. Resolves when it is gone, at the latest 5 s after the SIGKILL. */
export async function endProcess(
  adopted: AdoptedProcess,
  options: { readonly graceMs: number },
): Promise<void> {
  const gone = () => !isRunning(adopted);
  sendSignal(adopted, 'SIGTERM');
  if (await poll(gone, { withinMs: options.graceMs, everyMs: 20 })) return;
  sendSignal(adopted, 'SIGKILL');
  await poll(gone, { withinMs: 5_000, everyMs: 20 });
}

/** The folder's real path; throws DT_ERR_GUARDIAN_FOLDER for anything but a real folder `distrace-…` below the system's temporary folder. */
export function checkFolder(path: string): string {
  const refuse = (came: string) => {
    throw new BrokerError(
      'DT_ERR_GUARDIAN_FOLDER',
      `Only a folder below ${tmpdir()} whose name begins with "${folderPrefix}" may be removed, but ${came}. Make it with mkdtemp(join(tmpdir(), '${folderPrefix}')).`,
    );
  };
  if (!isAbsolute(path)) refuse(`"${path}" is not an absolute path`);
  if (!basename(path).startsWith(folderPrefix)) refuse(`"${path}" has another name`);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat == null) refuse(`"${path}" does not exist`);
  if (stat?.isDirectory() !== true) refuse(`"${path}" is a link or a file`);
  const real = realpathSync(path);
  const inside = relative(realpathSync(tmpdir()), real);
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    refuse(`"${path}" is elsewhere`);
  }
  return real;
}

/** Removes a folder that `checkFolder` still accepts; one that is gone already is fine. */
export function removeFolder(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) == null) return;
  rmSync(checkFolder(path), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** What is adopted at the moment. */
export class Wards {
  readonly #processes = new Map<number, AdoptedProcess>();
  readonly #folders = new Set<string>();

  adoptProcess(adopted: AdoptedProcess): void {
    this.#processes.delete(adopted.pid); // so that it counts as the last one
    this.#processes.set(adopted.pid, adopted);
  }

  releaseProcess(pid: number): void {
    this.#processes.delete(pid);
  }

  adoptFolder(path: string): void {
    this.#folders.add(path);
  }

  releaseFolder(path: string): void {
    this.#folders.delete(path);
  }

  /** Ends the processes, the last adopted first, then removes the folders. One that resists does not save the others. */
  async endAll(options: { readonly graceMs: number }): Promise<void> {
    for (const adopted of [...this.#processes.values()].toReversed()) {
      // Not even a signal that we may not send keeps us from the rest.
      await endProcess(adopted, options).catch(() => undefined);
      this.#processes.delete(adopted.pid);
    }
    for (const path of [...this.#folders].toReversed()) {
      try {
        removeFolder(path);
      } catch {
        // Nobody is left to be told; a temporary folder stays behind.
      }
      this.#folders.delete(path);
    }
  }
}
