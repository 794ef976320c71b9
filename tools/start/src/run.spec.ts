import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPortFree } from '@distrace/broker';
import { describe, expect, it } from 'vitest';
import { guardianOf } from './testing/guardian-of.ts';
import { fakeZipkin } from './testing/fake-zipkin.ts';
import { TRACE_ID } from './testing/golden-spans.ts';
import { eventually, isAlive, startFakeRun } from './testing/start-fake-run.ts';
import type { FakeRun } from './testing/start-fake-run.ts';

const READY = 'Ctrl-C stops everything.';
const APPS = ['client', 'executor', 'exporter'];
const PROCESSES = [...APPS, 'viewer'];
const IN_ORDER = [...PROCESSES, 'queues distrace-X-', 'broker'];

async function expectNothingLeft(run: FakeRun): Promise<void> {
  for (const app of PROCESSES) expect(isAlive(run.pidOf(app)), `${app} lives`).toBe(false);
  expect(run.dataFolder()).not.toBe('');
  expect(existsSync(run.dataFolder())).toBe(false);
  for (const offset of [0, 1, 2]) expect(await isPortFree(run.portBase + offset)).toBe(true);
  expect(await isPortFree(run.viewerPort)).toBe(true);
}

const spawning = (file: string, args: readonly string[]) => [
  process.execPath,
  '-e',
  `require('child_process').spawn(${JSON.stringify(file)}, ${JSON.stringify(args)}, { stdio: 'inherit' })`,
];
const throughParent = ([file, ...args]: readonly string[]) => spawning(file!, args);
/** As npm does; the second command keeps the shell from becoming the first. */
const throughShell = (command: readonly string[]) => spawning('sh', ['-c', `${command.join(' ')}; true`]);

describe.concurrent('a run', () => {
  it('with --once shows result, trace and places, writes the trace, stops in order and exits 0', async ({
    onTestFinished,
  }) => {
    const folder = mkdtempSync(join(tmpdir(), 'distrace-out-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const out = join(folder, 'trace.json');
    await using run = await startFakeRun({ args: ['--once', '--out', out] });
    expect(await run.exitCode).toBe(0);
    const output = run.output();
    expect(output).toMatch(
      /viewer.*\n.*exporter.*\n.*executor.*\n.*client.*\n.*task.*\n.*14 spans, complete/,
    );
    expect(output).toContain('longest word   longest');
    expect(output).toContain('most frequent  a 2');
    expect(output).toMatch(/executor {2}count words/);
    expect(output).toContain(`  trace     http://127.0.0.1:${run.viewerPort}/zipkin/traces/${TRACE_ID}\n`);
    expect(output).toContain(`http://127.0.0.1:${run.portBase}/health`);
    for (const offset of [0, 1, 2]) {
      expect(output).toContain(`http://127.0.0.1:${run.portBase + offset}/zpages/tracez`);
    }
    expect(output).not.toContain('secret');
    expect(run.journal()).toEqual(IN_ORDER);
    expect(JSON.parse(readFileSync(out, 'utf8'))).toHaveLength(14);
    await expectNothingLeft(run);
  });

  it('stays until Ctrl-C; npm passing the same Ctrl-C on does not hurry it', async () => {
    await using run = await startFakeRun();
    await run.waitForOutput(READY);
    expect((await fetch(`http://127.0.0.1:${run.portBase}/health`)).status).toBe(200);
    process.kill(run.pid, 'SIGINT');
    process.kill(run.pid, 'SIGINT');
    expect(await run.exitCode).toBe(0);
    expect(run.journal()).toEqual(IN_ORDER);
    await expectNothingLeft(run);
  });

  it('on a second Ctrl-C kills what is left at once', async () => {
    await using run = await startFakeRun({ env: { FAKE_EXECUTOR: 'deaf' } });
    await run.waitForOutput(READY);
    process.kill(run.pid, 'SIGINT');
    await eventually(() => expect(run.journal()).toEqual(['client']));
    const pressing = setInterval(() => isAlive(run.pid) && process.kill(run.pid, 'SIGINT'), 50);
    await run.exitCode;
    clearInterval(pressing);
    expect(run.output()).toContain('the executor was killed');
    await expectNothingLeft(run);
  });

  it('kills an app that does not end in time, says so, and still stops the rest', async () => {
    await using run = await startFakeRun({
      args: ['--once'],
      env: { FAKE_EXECUTOR: 'deaf', FAKE_STOP_MS: '2000' },
    });
    expect(await run.exitCode).toBe(0);
    expect(run.output()).toContain('the executor did not end within 2000 ms after SIGTERM and was killed');
    expect(run.journal()).toEqual(IN_ORDER.filter((name) => name !== 'executor'));
    await expectNothingLeft(run);
  });

  it('reports an app that dies while running, with its log, and exits 1 after stopping the others', async () => {
    await using run = await startFakeRun();
    await run.waitForOutput(READY);
    process.kill(run.pidOf('executor'), 'SIGKILL');
    expect(await run.exitCode).toBe(1);
    expect(run.output()).toContain('The executor must stay up, but it ended while running (SIGKILL)');
    expect(run.output()).toContain('  | executor begins');
    expect(run.journal()).toEqual(IN_ORDER.filter((name) => name !== 'executor'));
  });

  it('reports an app that cannot start', async () => {
    await using run = await startFakeRun({ env: { FAKE_EXPORTER: 'dies' } });
    expect(await run.exitCode).toBe(1);
    expect(run.output()).toContain('ended while starting (exit code 3)');
    expect(run.output()).toContain('  | exporter cannot start: the moon is wrong');
    expect(run.journal().at(-1)).toBe('broker');
  });

  it('reports an app that is never ready, with what it answered', async () => {
    await using run = await startFakeRun({ env: { FAKE_EXECUTOR: 'unready', FAKE_READY_MS: '5000' } });
    expect(await run.exitCode).toBe(1);
    expect(run.output()).toMatch(/The executor must answer 200 on \S+, but the last answer was: 503/);
  });

  it('can be interrupted while it waits for an app', async () => {
    await using run = await startFakeRun({ args: ['--once'], env: { FAKE_CLIENT: 'unready' } });
    await run.waitForOutput(/✓ executor/);
    await eventually(() => expect(run.pidOf('client')).toBeGreaterThan(0));
    process.kill(run.pid, 'SIGTERM');
    expect(await run.exitCode).toBe(143);
    expect(run.output()).toMatch(/✗ client +interrupted/);
    expect(run.journal()).toEqual(IN_ORDER);
  });

  it('leaves nothing when it is killed', async () => {
    await using run = await startFakeRun();
    await run.waitForOutput(READY);
    process.kill(run.pid, 'SIGKILL');
    await run.exitCode;
    await eventually(() => expectNothingLeft(run));
    expect(run.journal()).toEqual(PROCESSES);
  });

  it.runIf(process.platform === 'linux')(
    'stops in order and says why when its guardian is killed',
    async () => {
      await using run = await startFakeRun();
      await run.waitForOutput(READY);
      process.kill(guardianOf(run.pid)!, 'SIGKILL');
      expect(await run.exitCode).toBe(1);
      expect(run.output()).toContain('A guardian must live until it is closed, but it ended early (SIGKILL)');
      expect(run.journal()).toEqual(IN_ORDER);
      await expectNothingLeft(run);
    },
  );

  it.runIf(process.platform === 'linux')(
    'leaves no folder when its guardian dies before the apps start',
    async ({ onTestFinished }) => {
      const TMPDIR = mkdtempSync(join(tmpdir(), 'distrace-tmp-'));
      onTestFinished(() => rmSync(TMPDIR, { recursive: true }));
      await using run = await startFakeRun({ env: { TMPDIR, FAKE_BUILD: 'kills-guardian' } });
      expect(await run.exitCode).toBe(1);
      expect(run.output()).toContain('it ended early (SIGKILL)');
      expect(readdirSync(TMPDIR).filter((name) => name.startsWith('distrace-'))).toEqual([]);
    },
  );

  it.runIf(process.platform !== 'win32')(
    'stops in order and says why when its broker ends by itself',
    async () => {
      await using run = await startFakeRun();
      await run.waitForOutput(READY);
      process.kill(run.pid, 'SIGUSR2');
      expect(await run.exitCode).toBe(1);
      expect(run.output()).toContain('the fake broker ended by itself');
      expect(run.journal()).toEqual(IN_ORDER);
      await expectNothingLeft(run);
    },
  );

  it('stops when the process that started it is killed', async () => {
    await using run = await startFakeRun({ wrap: throughParent });
    await run.waitForOutput(READY);
    process.kill(run.pid, 'SIGKILL');
    await run.exitCode;
    await eventually(() => expectNothingLeft(run));
    expect(run.journal()).toEqual(IN_ORDER);
  });

  it.runIf(process.platform === 'linux')('stops when npm is killed and its shell is not', async () => {
    await using run = await startFakeRun({ wrap: throughShell, env: { npm_lifecycle_event: 'start' } });
    await run.waitForOutput(READY);
    process.kill(run.pid, 'SIGKILL');
    await run.exitCode;
    await eventually(() => expectNothingLeft(run));
    expect(run.journal()).toEqual(IN_ORDER);
  });

  it('says what an incomplete trace lacks, and which setting may be why', async () => {
    const env = { FAKE_CLIENT: 'partial', FAKE_TRACE_MS: '300', OTEL_TRACES_SAMPLER: 'always_off' };
    await using run = await startFakeRun({ args: ['--once'], env });
    expect(await run.exitCode).toBe(1);
    expect(run.output()).toContain('missing: exporter "save task" (0 spans of 1)');
    expect(run.output()).toContain('OTEL_TRACES_SAMPLER=always_off is set');
    expect(run.journal()).toEqual(IN_ORDER);
  });

  it('says so when the client does not trace at all', async () => {
    await using run = await startFakeRun({
      args: ['--once'],
      env: { FAKE_CLIENT: 'untraced', OTEL_SDK_DISABLED: 'true' },
    });
    expect(await run.exitCode).toBe(1);
    expect(run.output()).toContain('nothing is traced');
    expect(run.output()).toContain('OTEL_SDK_DISABLED=true is set');
  });

  it('follows a task that takes longer', async () => {
    await using run = await startFakeRun({ args: ['--once'], env: { FAKE_CLIENT: 'slow' } });
    expect(await run.exitCode).toBe(0);
  });

  it('says why a task was refused', async () => {
    await using run = await startFakeRun({ args: ['--once'], env: { FAKE_CLIENT: 'refuses' } });
    expect(await run.exitCode).toBe(1);
    expect(run.output()).toContain('POST /tasks got 413: {"message":"too long for a fake"}');
  });

  it('names a taken port and uses another', async () => {
    await using other = await listen();
    await using run = await startFakeRun({ args: ['--once'], portBase: other.port });
    expect(await run.exitCode).toBe(0);
    expect(run.output()).toContain(`port ${other.port} is taken, so the client uses `);
  });

  it('takes another port when it loses the race for one', async () => {
    await using other = await listen();
    await using run = await startFakeRun({ args: ['--once'], env: { FAKE_RACE_PORT: String(other.port) } });
    expect(await run.exitCode).toBe(0);
    expect(run.output()).toContain(`port ${other.port} is taken, so the client uses `);
  });

  it('does not meet another run that starts at the same ports', async () => {
    await using first = await startFakeRun();
    await using second = await startFakeRun({
      portBase: first.portBase,
      viewerPort: first.viewerPort,
    });
    await Promise.all([first.waitForOutput(READY), second.waitForOutput(READY)]);
    for (const run of [first, second]) process.kill(run.pid, 'SIGTERM');
    expect(await Promise.all([first.exitCode, second.exitCode])).toEqual([0, 0]);
    expect([first.journal(), second.journal()]).toEqual([IN_ORDER, IN_ORDER]);
    expect(first.dataFolder()).not.toBe(second.dataFolder());
  });

  it('leaves the viewer of another run to that run', async () => {
    await using first = await startFakeRun();
    await first.waitForOutput(READY);
    await using second = await startFakeRun({ args: ['--once'], viewerPort: first.viewerPort });
    expect(await second.exitCode).toBe(0);
    expect(second.output()).toContain(
      `on port ${first.viewerPort} is the viewer of another run, which ends with that, so the viewer uses `,
    );
    expect(second.journal()).toEqual(IN_ORDER);
    expect(isAlive(first.pidOf('viewer'))).toBe(true);
  });

  it('uses a Zipkin that answers, names it and leaves it alone', async () => {
    await using zipkin = await listen(fakeZipkin({ info: { zipkin: { version: '3.6.1', commit: 'a' } } }));
    await using run = await startFakeRun({ args: ['--once'], viewerPort: zipkin.port });
    expect(await run.exitCode).toBe(0);
    const url = `http://127.0.0.1:${zipkin.port}`;
    expect(run.output()).toContain(`Zipkin     using Zipkin 3.6.1 on ${url}`);
    expect(run.output()).toContain(`  trace     ${url}/zipkin/traces/${TRACE_ID}\n`);
    expect(run.journal()).toEqual(IN_ORDER.filter((name) => name !== 'viewer'));
    expect((await fetch(`${url}/api/v2/trace/${TRACE_ID}`)).status).toBe(200);
  });

  it('uses the Zipkin that it is told of', async () => {
    await using zipkin = await listen(fakeZipkin({}));
    const url = `http://127.0.0.1:${zipkin.port}`;
    await using run = await startFakeRun({ args: ['--once', '--zipkin', url] });
    expect(await run.exitCode).toBe(0);
    expect(run.output()).toContain(`Zipkin     using Zipkin on ${url}`);
    expect(run.journal()).toEqual(IN_ORDER.filter((name) => name !== 'viewer'));
  });

  it('starts nothing when the Zipkin that it is told of does not answer', async () => {
    await using other = await listen();
    const url = `http://127.0.0.1:${other.port}`;
    await using run = await startFakeRun({ args: ['--once', '--zipkin', url] });
    expect(await run.exitCode).toBe(1);
    expect(run.output()).toMatch(
      /^DT_ERR_START_ZIPKIN: --zipkin takes the URL of a Zipkin that answers, but /,
    );
    expect(run.journal()).toEqual([]);
  });

  it('names a program that is no Zipkin on its port and starts its viewer on another', async () => {
    await using other = await listen();
    await using run = await startFakeRun({ args: ['--once'], viewerPort: other.port });
    expect(await run.exitCode).toBe(0);
    expect(run.output()).toContain(`port ${other.port} is taken, so the viewer uses `);
    expect(run.journal()).toEqual(IN_ORDER);
  });

  it('tells the apps of the port that the viewer got in the end', async () => {
    await using other = await listen();
    const env = { FAKE_RACE_PORT: String(other.port), FAKE_RACE_FOR: 'viewer' };
    await using run = await startFakeRun({ args: ['--once'], env });
    expect(await run.exitCode).toBe(0);
    expect(run.output()).toContain(`port ${other.port} is taken, so the viewer uses `);
    expect(run.output()).toContain('14 spans, complete');
  });

  it('goes on without its viewer and says so', async () => {
    await using run = await startFakeRun();
    await run.waitForOutput(READY);
    process.kill(run.pidOf('viewer'), 'SIGKILL');
    await run.waitForOutput('the viewer ended by itself (SIGKILL): tasks go on, their spans are dropped.');
    const task = await fetch(`http://127.0.0.1:${run.portBase}/tasks`, { method: 'POST', body: 'more' });
    expect(task.status).toBe(201);
    process.kill(run.pid, 'SIGINT');
    expect(await run.exitCode).toBe(0);
    expect(run.journal()).toEqual(IN_ORDER.filter((name) => name !== 'viewer'));
    await expectNothingLeft(run);
  });

  it('reports a viewer that cannot start', async () => {
    await using run = await startFakeRun({ env: { FAKE_VIEWER: 'dies' } });
    expect(await run.exitCode).toBe(1);
    expect(run.output()).toContain('The viewer must stay up, but it ended while starting (exit code 3)');
    expect(run.journal().at(-1)).toBe('broker');
  });

  it('refuses an unreadable text before anything is started', async () => {
    await using run = await startFakeRun({ args: ['--file', join(import.meta.dirname, 'no-such-file')] });
    expect(await run.exitCode).toBe(1);
    expect(run.output()).toMatch(/^DT_ERR_START_FILE: --file takes a readable file/);
    expect(run.journal()).toEqual([]);
  });
});

interface Listener {
  readonly port: number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Without `listener` somebody who answers 200 to everything, so that an answer alone proves nothing. */
function listen(listener: RequestListener = (_request, response) => void response.end()): Promise<Listener> {
  const server = createServer(listener);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({
        port: (server.address() as { readonly port: number }).port,
        [Symbol.asyncDispose]: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      }),
    );
  });
}
