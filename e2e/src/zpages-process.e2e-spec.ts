import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const CHILD = fileURLToPath(new URL('./zpages-child.ts', import.meta.url));
/** Longer than any machine needs to start Node; a process that hangs is killed then, and the test fails. */
const TIMEOUT_MS = 60_000;

/** Runs the child to its own end. */
async function runToItsEnd(how: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [CHILD, how], { timeout: TIMEOUT_MS });
  return JSON.parse(stdout);
}

describe('a process with nothing else to do', () => {
  it.each(['shutdown', 'listen shutdown'])(
    'N14: ends by itself after %s, and counted nothing that started later',
    async (how) => {
      expect(await runToItsEnd(how)).toEqual({ started: 2, open: 0, latency: 2, names: 2 });
    },
    TIMEOUT_MS + 5000,
  );

  it.each(['', 'listen'])(
    'N14: ends by itself also where only the pages were closed, or never served (%s)',
    async (how) => {
      expect(await runToItsEnd(how)).toEqual({ started: 3, open: 0, latency: 3, names: 3 });
    },
    TIMEOUT_MS + 5000,
  );
});
