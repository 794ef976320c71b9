import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { parseStat, startTimeOf } from './process-table.ts';

describe('process table', () => {
  it('reads a line whose command holds spaces and brackets', () => {
    const stat = `42 (my (odd) name) S 1 40 39 ${'0 '.repeat(15)}777 0 0`;
    expect(parseStat(stat)).toEqual({
      pid: 42,
      command: 'my (odd) name',
      state: 'S',
      group: 40,
      session: 39,
      startTime: '777',
    });
  });

  it('knows nothing from half a line', () => {
    expect(parseStat('')).toBeUndefined();
    expect(parseStat('42 (sh) S 1')).toBeUndefined();
  });

  it('a process has one start time while it runs and none after', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const pid = child.pid ?? 0;
    const startTime = startTimeOf(pid);
    expect(startTime).toBeTypeOf('string');
    expect(startTimeOf(pid)).toBe(startTime);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(startTimeOf(pid)).toBeUndefined();
  });
});
