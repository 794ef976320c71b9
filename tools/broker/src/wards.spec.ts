import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTimeOf } from './process-table.ts';
import { useScratch } from './testing/scratch.ts';
import type { Scratch } from './testing/scratch.ts';
import { checkFolder, endProcess, isRunning, sendSignal, Wards } from './wards.ts';

let scratch: Scratch;
const children: ChildProcess[] = [];

function start(script: string) {
  const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: 'ignore' });
  children.push(child);
  const pid = child.pid ?? 0;
  return { pid, group: true, startTime: startTimeOf(pid) ?? '' };
}

beforeEach(() => {
  scratch = useScratch();
});

afterEach(() => {
  for (const child of children.splice(0)) {
    try {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
    } catch {
      // gone, as it should be
    }
  }
  scratch.restore();
});

describe('checkFolder', () => {
  it('accepts a distrace- folder below the temporary folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'distrace-x-'));
    expect(checkFolder(folder)).toBe(folder);
  });

  it.each([
    ['the temporary folder itself', () => scratch.folder],
    ['a folder elsewhere', () => join(scratch.folder, '..', 'distrace-elsewhere')],
    ['the home folder', () => process.env['HOME'] ?? '/'],
    ['a relative path', () => 'distrace-relative'],
    ['another name', () => join(scratch.folder, 'other')],
    ['a folder that is not there', () => join(scratch.folder, 'distrace-missing')],
    ['a file', () => join(scratch.folder, 'distrace-file')],
    ['a link', () => join(scratch.folder, 'distrace-link')],
    ['a path through a link', () => join(scratch.folder, 'way-out', 'distrace-outside')],
  ])('refuses %s', (_, path) => {
    mkdirSync(join(scratch.folder, 'other'));
    writeFileSync(join(scratch.folder, 'distrace-file'), '');
    symlinkSync('other', join(scratch.folder, 'distrace-link'));
    const outside = mkdtempSync(join(scratch.folder, 'outside-'));
    mkdirSync(join(outside, 'distrace-outside'));
    mkdirSync(join(outside, 'tmp'));
    symlinkSync('..', join(outside, 'tmp', 'way-out'));
    expect(() => checkFolder(path())).toThrow(expect.objectContaining({ code: 'DT_ERR_GUARDIAN_FOLDER' }));
    process.env['TMPDIR'] = join(outside, 'tmp');
    expect(() => checkFolder(join(outside, 'tmp', 'way-out', 'distrace-outside'))).toThrow(/elsewhere/);
  });
});

describe('ending processes', () => {
  it('leaves a later process alone that was given the same pid', () => {
    const adopted = start('sleep 60');
    const earlier = { ...adopted, startTime: 'an hour ago' };
    expect(isRunning(earlier)).toBe(false);
    sendSignal(earlier, 'SIGKILL');
    expect(isRunning(adopted)).toBe(true);
  });

  it('kills what ignores SIGTERM once the grace period is over', async () => {
    const adopted = start("trap '' TERM; while :; do sleep 1; done");
    await endProcess(adopted, { graceMs: 100 });
    expect(isRunning(adopted)).toBe(false);
  });

  it.runIf(process.platform === 'linux')('ends the rest of a group whose leader went first', async () => {
    const adopted = start('sleep 60 & exit 0');
    const child = children.at(-1);
    await new Promise((resolve) => {
      if (child?.exitCode == null) child?.once('exit', resolve);
      else resolve(undefined);
    });
    expect(startTimeOf(adopted.pid)).toBeUndefined();
    expect(isRunning(adopted)).toBe(true);
    await endProcess(adopted, { graceMs: 1_000 });
    expect(isRunning(adopted)).toBe(false);
  });
});

describe('Wards', () => {
  it('ends the last adopted first and removes folders after that', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'distrace-order-'));
    const order = join(scratch.folder, 'order');
    const wards = new Wards();
    wards.adoptFolder(folder);
    for (const name of ['first', 'second']) {
      const ready = join(scratch.folder, `${name}-ready`);
      const trap = `trap 'test -d ${folder} && echo ${name} >> ${order}; exit' TERM; touch ${ready}`;
      wards.adoptProcess(start(`${trap}; while :; do sleep 0.02; done`));
      await expect.poll(() => existsSync(ready), { timeout: 10_000 }).toBe(true);
    }
    await wards.endAll({ graceMs: 3_000 });
    expect(readFileSync(order, 'utf8')).toBe('second\nfirst\n');
    expect(existsSync(folder)).toBe(false);
  });

  it('keeps what was released', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'distrace-released-'));
    const adopted = start('sleep 60');
    const wards = new Wards();
    wards.adoptFolder(folder);
    wards.adoptProcess(adopted);
    wards.releaseFolder(folder);
    wards.releaseProcess(adopted.pid);
    await wards.endAll({ graceMs: 100 });
    expect(isRunning(adopted)).toBe(true);
    expect(existsSync(folder)).toBe(true);
  });
});
