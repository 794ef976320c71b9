import { readdirSync, readFileSync } from 'node:fs';
import { parseStat } from '../parent.ts';

/** Linux only: the pid of the guardian that a process started; undefined when there is none (any more). */
export function guardianOf(parent: number): number | undefined {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => {
      try {
        return (
          parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.ppid === parent &&
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('guardian-process.ts')
        );
      } catch {
        return false; // it went while we looked
      }
    });
}
