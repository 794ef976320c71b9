import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** One line of the process table. `startTime` tells a process from a later one that was given the same pid. */
export interface ProcessEntry {
  readonly pid: number;
  readonly command: string;
  readonly state: string;
  readonly group: number;
  readonly session: number;
  readonly startTime: string;
}

/** Reads the text of /proc/PID/stat. The command stands in brackets and may hold spaces and brackets itself. */
export function parseStat(text: string): ProcessEntry | undefined {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) return undefined;
  // After the command come the fields from number 3 on: state ppid pgrp session ... starttime is number 22.
  const fields = text
    .slice(close + 1)
    .trim()
    .split(' ');
  const startTime = fields[19];
  if (startTime == null) return undefined;
  return {
    pid: Number(text.slice(0, open)),
    command: text.slice(open + 1, close),
    state: fields[0] ?? '?',
    group: Number(fields[2]),
    session: Number(fields[3]),
    startTime,
  };
}

function readEntry(pid: number | string): ProcessEntry | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined; // the process went while we looked
  }
}

/** Every process of this machine; empty where there is no /proc. A zombie counts as gone. */
export function listProcesses(): ProcessEntry[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(readEntry)
    .filter((entry) => entry != null && !isZombie(entry)) as ProcessEntry[];
}

function isZombie(entry: ProcessEntry): boolean {
  return entry.state === 'Z' || entry.state === 'X';
}

/** When the process began, in the system's own notation; undefined when there is no such process (or only its zombie). */
export function startTimeOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const entry = readEntry(pid);
    return entry == null || isZombie(entry) ? undefined : entry.startTime;
  }
  if (process.platform === 'win32') return isAlive(pid) ? 'unknown' : undefined;
  try {
    const [state, ...startTime] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .trim()
      .split(/\s+/);
    return state == null || state === '' || state.startsWith('Z') ? undefined : startTime.join(' ');
  } catch {
    return undefined; // ps exits 1 for an unknown pid
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
