import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startGuardian } from './guardian.ts';
import { startTimeOf } from './process-table.ts';
import { processesOf } from './testing/left-overs.ts';
import { useScratch } from './testing/scratch.ts';
import type { Scratch } from './testing/scratch.ts';

let scratch: Scratch;
const started: ChildProcess[] = [];

beforeEach(() => {
  scratch = useScratch();
});

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  scratch.restore();
});

function startSleeper(): number {
  const child = spawn('/bin/sleep', ['600'], { detached: true, stdio: 'ignore' });
  started.push(child);
  return child.pid ?? 0;
}

const onLinux = process.platform === 'linux';

describe('guardian', () => {
  it('close ends what is still adopted, and the guardian with it', async () => {
    const guardian = startGuardian();
    const folder = mkdtempSync(join(tmpdir(), 'distrace-closed-'));
    const pid = startSleeper();
    guardian.adoptFolder(folder);
    guardian.adoptProcess(pid, { group: true });
    await guardian.close();
    await guardian.close();
    expect(startTimeOf(pid)).toBeUndefined();
    expect(existsSync(folder)).toBe(false);
    expect(processesOf(scratch.folder)).toEqual([]);
  });

  it('refuses to adopt after close', async () => {
    const guardian = startGuardian();
    await guardian.close();
    expect(() => guardian.adoptProcess(1234567)).toThrow(
      expect.objectContaining({ code: 'DT_ERR_GUARDIAN_GONE' }),
    );
  });

  it('refuses what is not ours', async () => {
    const guardian = startGuardian();
    const process1 = expect.objectContaining({ code: 'DT_ERR_GUARDIAN_PROCESS' });
    for (const pid of [0, 1, -5, Number.NaN, process.pid]) {
      expect(() => guardian.adoptProcess(pid)).toThrow(process1);
    }
    expect(() => guardian.adoptFolder('/etc')).toThrow(/distrace-/);
    await guardian.close();
  });

  it.runIf(onLinux)('refuses a group that the process does not lead: it would be our own', async () => {
    const guardian = startGuardian();
    const child = spawn('/bin/sleep', ['600'], { stdio: 'ignore' });
    started.push(child);
    expect(() => guardian.adoptProcess(child.pid ?? 0, { group: true })).toThrow(/detached/);
    await guardian.close();
  });

  it.runIf(onLinux)('cleans up after a parent that was killed with SIGKILL', async () => {
    const script = fileURLToPath(new URL('testing/hold-process.ts', import.meta.url));
    const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'ignore'] });
    started.push(parent);
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const { folder } = JSON.parse(line.toString()) as { folder: string };
    expect(existsSync(folder)).toBe(true);
    // The parent, its guardian, one sleep, and a group of two more.
    await expect.poll(() => processesOf(scratch.folder).length, { timeout: 10_000 }).toBe(5);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    // Three seconds of them are the grace period of the process that ignores SIGTERM.
    await expect.poll(() => processesOf(scratch.folder), { timeout: 15_000, interval: 50 }).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  it.runIf(onLinux)('lives through the signals of a terminal', async () => {
    const guardian = startGuardian();
    const pid = startSleeper();
    guardian.adoptProcess(pid, { group: true });
    const isGuardian = () => processesOf(scratch.folder).filter((found) => found !== pid);
    await expect.poll(() => isGuardian().length, { timeout: 10_000 }).toBe(1);
    const guardianPid = isGuardian()[0] ?? 0;
    const caughtSignals = () => listensTo(guardianPid);
    await expect.poll(caughtSignals, { timeout: 10_000 }).toEqual([1, 2, 15]);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(guardianPid, signal);
    guardian.adoptFolder(mkdtempSync(join(tmpdir(), 'distrace-after-')));
    expect(startTimeOf(guardianPid)).toBeDefined();
    await guardian.close();
    expect(startTimeOf(pid)).toBeUndefined();
  });

  it('does not call itself lost when it is closed', async () => {
    const guardian = startGuardian();
    await guardian.close();
    expect(await Promise.race([guardian.lost, 'not lost'])).toBe('not lost');
  });

  it.runIf(onLinux)('when the guardian itself was killed, it says so and close does its work', async () => {
    const guardian = startGuardian();
    const pid = startSleeper();
    guardian.adoptProcess(pid, { group: true });
    for (const found of processesOf(scratch.folder)) {
      if (found !== pid) process.kill(found, 'SIGKILL');
    }
    const staying = setInterval(() => undefined, 60_000);
    expect(await guardian.lost).toMatchObject({
      code: 'DT_ERR_GUARDIAN_GONE',
      message: expect.stringContaining('it ended early (SIGKILL)'),
    });
    clearInterval(staying);
    await guardian.close();
    expect(startTimeOf(pid)).toBeUndefined();
  });

  it.runIf(onLinux)('says that it was killed, not that its pipe broke, which we notice first', async () => {
    const guardian = startGuardian();
    const [pid = 0] = processesOf(scratch.folder);
    process.kill(pid, 'SIGKILL');
    // Nothing of this turn may wait: the write has to find the pipe broken before Node hears of the end.
    while (!/ [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
    guardian.adoptFolder(mkdtempSync(join(tmpdir(), 'distrace-broken-')));
    const staying = setInterval(() => undefined, 60_000);
    expect((await guardian.lost).message).toContain('it ended early (SIGKILL)');
    clearInterval(staying);
    await guardian.close();
  });
});

/** Which of SIGHUP, SIGINT and SIGTERM the process handles. */
function listensTo(pid: number): number[] {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mask = BigInt(`0x${/SigCgt:\s*([0-9a-f]+)/.exec(status)?.[1] ?? '0'}`);
  return [1, 2, 15].filter((signal) => (mask >> BigInt(signal - 1)) & 1n);
}
