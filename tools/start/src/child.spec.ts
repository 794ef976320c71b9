import { spawn } from 'node:child_process';
import type { Guardian } from '@distrace/broker';
import { expect, it } from 'vitest';
import { adoptOrKill, exitOf } from './child.ts';

it('a group that the guardian does not take is killed', async () => {
  const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
  const guardian = {
    adoptProcess: () => {
      throw new Error('gone');
    },
  } as unknown as Guardian;
  expect(() => adoptOrKill(guardian, child.pid!)).toThrow('gone');
  expect(await exitOf(child)).toEqual({ code: null, signal: 'SIGKILL' });
});
