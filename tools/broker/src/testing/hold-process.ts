/** Gives a guardian a process, the group of another and a folder; says so on one line; waits to be killed. */
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGuardian } from '../guardian.ts';

const guardian = startGuardian();
const folder = mkdtempSync(join(tmpdir(), 'distrace-held-'));
guardian.adoptFolder(folder);
// The second one ignores SIGTERM, and so does its child.
for (const script of ['exec sleep 600', "trap '' TERM; sleep 600 & exec sleep 600"]) {
  const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: 'ignore' });
  guardian.adoptProcess(child.pid ?? 0, { group: true });
}
console.log(JSON.stringify({ folder }));
