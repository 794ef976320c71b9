import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGuardian } from '@distrace/broker';
import type { Guardian } from '@distrace/broker';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withBuildLock } from './build-lock.ts';
import { buildWorkspace } from './build.ts';
import { eventually, isAlive } from './testing/start-fake-run.ts';

let folder: string;
let guardian: Guardian;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'distrace-build-'));
  guardian = startGuardian();
});
afterEach(async () => {
  await guardian.close();
  await rm(folder, { recursive: true });
});

const lock = () => join(folder, 'cache/build.lock');
async function nxThat(does: string): Promise<void> {
  await mkdir(join(folder, 'node_modules/.bin'), { recursive: true });
  await writeFile(join(folder, 'node_modules/.bin/nx'), does);
}
const build = (signal = new AbortController().signal, { untraced = false } = {}) =>
  buildWorkspace(folder, { guardian, signal, log: () => undefined, env: process.env, untraced });

describe('the build lock', () => {
  it('lets one in at a time', async () => {
    let inside = 0;
    const most: number[] = [];
    const build = () =>
      withBuildLock(lock(), async () => {
        inside += 1;
        most.push(inside);
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
        inside -= 1;
      });
    await Promise.all([build(), build(), build()]);
    expect(most).toEqual([1, 1, 1]);
    expect(await readdir(join(folder, 'cache'))).toEqual([]);
  });

  it('is taken over from a process that is gone', async () => {
    await mkdir(join(folder, 'cache'));
    await writeFile(lock(), '4242 then');
    const holders = Promise.all(
      [1, 2, 3].map((pid) =>
        withBuildLock(lock(), () => readFile(lock(), 'utf8'), {
          pid,
          startTime: (one) => (one === 4242 ? undefined : 'now'),
        }),
      ),
    );
    expect((await holders).toSorted()).toEqual(['1 now', '2 now', '3 now']);
    expect(await readdir(join(folder, 'cache'))).toEqual([]);
  });

  it.each(['4242 then', '4242'])(
    'is taken over from a process whose pid another one has now: %s',
    async (text) => {
      await mkdir(join(folder, 'cache'));
      await writeFile(lock(), text);
      const waited: number[] = [];
      await withBuildLock(lock(), async () => undefined, {
        startTime: () => 'now',
        deadlineMs: 0,
        onWait: (pid) => waited.push(pid),
      });
      expect(waited).toEqual([]);
    },
  );

  it.runIf(process.platform === 'linux')('knows when a real process began', async () => {
    await mkdir(join(folder, 'cache'));
    await writeFile(lock(), String(process.pid));
    const content = await withBuildLock(lock(), () => readFile(lock(), 'utf8'), { deadlineMs: 0 });
    expect(content).toMatch(new RegExp(`^${process.pid} \\d+$`));
  });

  it('names a living holder, waits, and gives up at the deadline', async () => {
    await mkdir(join(folder, 'cache'));
    await writeFile(lock(), `${process.pid} then`);
    const waited: number[] = [];
    const attempt = withBuildLock(lock(), async () => undefined, {
      startTime: () => 'then',
      deadlineMs: 0,
      onWait: (pid) => waited.push(pid),
    });
    await expect(attempt).rejects.toMatchObject({ code: 'DT_ERR_START_BUILD_LOCK' });
    expect(waited).toEqual([process.pid]);
    expect(await readFile(lock(), 'utf8')).toBe(`${process.pid} then`);
  });

  it('is given back when the work fails', async () => {
    await expect(withBuildLock(lock(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(lock())).toBe(false);
  });
});

describe('the build', () => {
  it('runs nx without daemon, interface and cloud', async () => {
    await nxThat(`
      const { NX_DAEMON, NX_TUI, NX_NO_CLOUD } = process.env;
      require('node:fs').writeFileSync('seen', [...process.argv.slice(2), NX_DAEMON, NX_TUI, NX_NO_CLOUD].join(' '));`);
    await build();
    expect(await readFile(join(folder, 'seen'), 'utf8')).toBe(
      'run-many -t build -p @distrace/trace-viewer,@distrace/exporter,@distrace/executor,@distrace/client false false true',
    );
  });

  it('is left out when it would change nothing', async () => {
    await mkdir(join(folder, 'apps/a/src'), { recursive: true });
    await mkdir(join(folder, 'apps/a/dist'), { recursive: true });
    const source = join(folder, 'apps/a/src/a.ts');
    const output = join(folder, 'apps/a/dist/a.js');
    await writeFile(source, 'one');
    await nxThat(`require('node:fs').copyFileSync('apps/a/src/a.ts', 'apps/a/dist/a.js')`);
    expect([await build(), await build()]).toEqual(['built', 'up to date']);
    await writeFile(source, 'two');
    expect([await build(), await build()]).toEqual(['built', 'up to date']);
    await writeFile(output, 'of somebody else');
    expect([await build(), await build()]).toEqual(['built', 'up to date']);
    expect(await readFile(output, 'utf8')).toBe('two');
  });

  it('makes what the untraced apps need, beside what is made already', async () => {
    const seen = async () => (await readFile(join(folder, 'seen'), 'utf8')).split(',');
    await nxThat(`require('node:fs').writeFileSync('seen', process.argv.at(-1));`);
    await build();
    expect(await seen()).not.toContain('@distrace/untraced');
    const untraced = () => build(undefined, { untraced: true });
    expect([await untraced(), await untraced(), await build()]).toEqual([
      'built',
      'up to date',
      'up to date',
    ]);
    expect(await seen()).toEqual(expect.arrayContaining(['@distrace/client', '@distrace/untraced']));
  });

  it('is done again when a source changed under it', async () => {
    await mkdir(join(folder, 'apps/a/src'), { recursive: true });
    await nxThat(`require('node:fs').writeFileSync('apps/a/src/a.ts', String(process.pid))`);
    expect([await build(), await build()]).toEqual(['built', 'built']);
  });

  it('shows what nx said only when it fails', async () => {
    await nxThat(`console.log('a.ts(1,1): wrong'); console.error('and more'); process.exit(1);`);
    await expect(build()).rejects.toThrow(/nx ended with exit code 1[^]*a\.ts\(1,1\): wrong[^]*and more/);
  });

  it('ends with the signal, and nx with it', async () => {
    await nxThat(
      `require('node:fs').writeFileSync('pid', String(process.pid)); setInterval(() => {}, 1000);`,
    );
    const abort = new AbortController();
    const building = build(abort.signal).catch((error: unknown) => error);
    const pid = await eventually(async () => {
      const text = await readFile(join(folder, 'pid'), 'utf8');
      expect(text).not.toBe('');
      return Number(text);
    });
    const reason = new Error('enough');
    abort.abort(reason);
    expect(await building).toBe(reason);
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(join(folder, 'node_modules/.cache/distrace-build.lock'))).toBe(false);
  });
});
