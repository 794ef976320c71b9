import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** A process as /proc shows it. */
export interface ProcessStat {
  readonly command: string;
  readonly ppid: number;
}

/** Reads a process; undefined when it is gone or the system has no /proc. */
export type ReadStat = (pid: number) => ProcessStat | undefined;

/** Parses /proc/PID/stat. The command stands in parentheses and may hold some itself. */
export function parseStat(text: string): ProcessStat | undefined {
  const [, command, ppid] = /^\d+ \((.*)\) \S (\d+) /s.exec(text) ?? [];
  return command === undefined ? undefined : { command, ppid: Number(ppid) };
}

const readStat: ReadStat = (pid) => {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
};

const SHELLS = new Set(['sh', 'dash', 'bash', 'ash', 'busybox', 'zsh', 'ksh']);

/** What `parentWatch` looks at. */
export interface ParentWatchOptions {
  readonly ppid: () => number;
  readonly readStat: ReadStat;
  /** True when npm started us, through a shell that would outlive it. */
  readonly viaNpm: boolean;
}

/**
 * Returns a question: has whoever started us gone? npm runs scripts through a shell; where that shell waits for
 * us instead of becoming us, a killed npm leaves it alive, so the shell's own parent is watched as well.
 */
export function parentWatch({ ppid, readStat, viaNpm }: ParentWatchOptions): () => boolean {
  const parent = ppid();
  const stat = viaNpm ? readStat(parent) : undefined;
  const npm = stat !== undefined && SHELLS.has(basename(stat.command)) ? stat.ppid : undefined;
  return () => ppid() !== parent || (npm !== undefined && readStat(parent)?.ppid !== npm);
}

/** Calls back once when the parent has gone; looks every `everyMs` (default 250) and keeps nobody alive. */
export function whenParentGoes(
  callback: () => void,
  { everyMs = 250 }: { readonly everyMs?: number } = {},
): void {
  const isGone = parentWatch({
    ppid: () => process.ppid,
    readStat,
    viaNpm: process.env['npm_lifecycle_event'] !== undefined,
  });
  const timer = setInterval(() => {
    if (!isGone()) return;
    clearInterval(timer);
    callback();
  }, everyMs).unref();
}
