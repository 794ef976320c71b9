import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTimeOf } from '@distrace/broker';
import { StartError } from './errors.ts';

/** Options of `withBuildLock`. */
export interface BuildLockOptions {
  readonly signal?: AbortSignal;
  /** How long another build may take; default 300000. */
  readonly deadlineMs?: number;
  /** Called once when somebody else is building. */
  readonly onWait?: (pid: number) => void;
  readonly pid?: number;
  /** When a process began, in any notation; undefined when there is none. Default: what Linux says, '' elsewhere. */
  readonly startTime?: (pid: number) => string | undefined;
}

/**
 * Runs `work` while holding the lock file `path`, whose content is the holder's pid and start time: two builds in
 * one checkout would write the same files. A lock whose holder is gone is taken over, also when another process
 * has got its pid since. Throws DT_ERR_START_BUILD_LOCK when a living holder keeps it too long.
 */
export async function withBuildLock<T>(
  path: string,
  work: () => Promise<T>,
  options: BuildLockOptions = {},
): Promise<T> {
  const { signal, deadlineMs = 300_000, onWait, pid = process.pid, startTime = startTimeHere } = options;
  await mkdir(dirname(path), { recursive: true });
  const end = performance.now() + deadlineMs;
  let told = false;
  while (!(await take(path, `${pid} ${startTime(pid) ?? ''}`))) {
    signal?.throwIfAborted();
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const [holder = '', since = ''] = text.split(' ');
    if (startTime(Number(holder)) !== since) {
      await removeStale(path, text);
      continue;
    }
    if (!told) onWait?.(Number(holder));
    told = true;
    if (performance.now() > end) {
      throw new StartError(
        'DT_ERR_START_BUILD_LOCK',
        `One build at a time runs in a checkout, but process ${holder} has held ${path} for ${deadlineMs} ms. End it, or remove the file.`,
      );
    }
    await sleep(100, undefined, { signal });
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

/** A link appears with its content, so nobody ever reads a lock that is empty yet. */
async function take(path: string, content: string): Promise<boolean> {
  const mine = `${path}.${randomUUID()}`;
  await writeFile(mine, content, { flag: 'wx' });
  try {
    await link(mine, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(mine, { force: true });
  }
}

/** Of several who find the same stale lock one moves it away. Who moved a fresh one by mistake puts it back. */
async function removeStale(path: string, stale: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const moved = await readFile(aside, 'utf8');
  if (moved !== stale) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

function startTimeHere(pid: number): string | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (process.platform === 'linux') return startTimeOf(pid);
  try {
    process.kill(pid, 0);
    return '';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? '' : undefined;
  }
}
