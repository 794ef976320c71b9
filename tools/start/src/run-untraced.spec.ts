import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TRACE_ID } from './testing/golden-spans.ts';
import { isAlive, startFakeRun } from './testing/start-fake-run.ts';

describe.concurrent('a run with --untraced', { timeout: 90_000 }, () => {
  it('traces apps that say nothing of a trace, and starts each a second time', async () => {
    await using run = await startFakeRun({ args: ['--untraced', '--once'] });
    expect(await run.exitCode, run.output()).toBe(0);
    const output = run.output();
    expect(output).toMatch(
      /viewer.*\n.*weaver.*\n.*exporter.*\n.*executor.*\n.*client.*\n.*task.*\n.*14 spans, complete/,
    );
    expect(output).toMatch(/again +9 files woven; second start: 0 woven, 9 from the cache/);
    expect(output).toContain(`/zipkin/traces/${TRACE_ID}\n`);
    // Apps without pages of their own.
    expect(output).not.toContain('/zpages/');
    // The first start of each ends in order; the second has ended before.
    expect(run.journal()).toEqual([
      'client',
      'executor',
      'exporter',
      'weaver',
      'viewer',
      'queues distrace-X-',
      'broker',
    ]);
    for (const name of ['client', 'executor', 'exporter', 'weaver', 'viewer', 'client-again']) {
      expect(isAlive(run.pidOf(name)), name).toBe(false);
    }
    expect(existsSync(run.dataFolder())).toBe(false);
  });

  it('goes on without the instrumentation server', async () => {
    await using run = await startFakeRun({ args: ['--untraced'] });
    await run.waitForOutput('Ctrl-C stops everything.');
    process.kill(run.pidOf('weaver'), 'SIGKILL');
    await run.waitForOutput('the weaver ended by itself (SIGKILL): who starts from now on is not traced.');
    expect(isAlive(run.pidOf('client'))).toBe(true);
    process.kill(run.pid, 'SIGTERM');
    expect(await run.exitCode).toBe(0);
  });

  it('says so when the instrumentation server keeps its counters to itself', async () => {
    await using run = await startFakeRun({
      args: ['--untraced', '--once'],
      env: { FAKE_WEAVER: 'forgets' },
    });
    expect(await run.exitCode).toBe(1);
    expect(run.output()).toMatch(
      /DT_ERR_START_APP_NOT_READY: The weaver must answer 200 on \S+\/v1\/stats, but the answer was: 403/,
    );
  });

  it('says that no trace came when none does', async () => {
    await using run = await startFakeRun({
      args: ['--untraced', '--once'],
      env: { FAKE_TRACE_MS: '300', FAKE_VIEWER: 'forgets' },
    });
    expect(await run.exitCode).toBe(1);
    expect(run.output()).toContain('DT_ERR_START_TRACE');
  });
});
