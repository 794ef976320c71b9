import { describe, expect, it } from 'vitest';
import { startFakeServer } from './support/fake-server.ts';
import { makeApp } from './support/run-app.ts';

/** Each ends in its own way; all call one marked function. */
const ENDS: Readonly<Record<string, string>> = {
  return: '',
  'an exit code': 'process.exitCode = 7;',
  'process.exit': 'process.exit(5);',
  'process.exit in beforeExit': "process.on('beforeExit', () => process.exit(6));",
  'an exception': "throw new Error('end');",
  'an unhandled rejection': "void Promise.reject(new Error('end'));",
  'a rejection that is handled':
    "process.on('unhandledRejection', () => console.log('handled'));\nvoid Promise.reject(new Error('end'));",
  'an abort of its own signal': "process.kill(process.pid, 'SIGTERM');\nsetTimeout(() => undefined, 5000);",
  'a handled signal':
    "process.once('SIGTERM', () => { console.log('bye'); process.exit(9); });\nprocess.kill(process.pid, 'SIGTERM');\nsetTimeout(() => undefined, 5000);",
};

// Node itself makes `process.stderr` when any socket closes; the app has it before it counts.
const REPORT = `
void process.stderr;
const events = ['exit', 'beforeExit', 'uncaughtException', 'unhandledRejection', 'warning', 'SIGTERM', 'SIGINT', 'message', 'worker'];
console.log(events.map((event) => process.listenerCount(event)).join(), process.eventNames().map(String).join(),
  process.getActiveResourcesInfo().join(), Object.keys(globalThis).join(), process._getActiveHandles().length);
process.on('beforeExit', (code) => console.log('beforeExit', code));
process.on('exit', (code) => console.log('exit', code));
`;

describe('a process that ends under the agent', () => {
  it.each(Object.entries(ENDS))('I32: ends as without it, by %s', async (_, end) => {
    await using server = await startFakeServer({ pollIntervalMs: 100_000 });
    await using app = await makeApp({ 'main.cjs': `function marked() {}\nmarked();${REPORT}${end}` });

    const without = await app.run('main.cjs');
    // The first has asked for each file, and a thread for that is there until the end; the second is like any later one.
    for (const turn of ['cold', 'warm']) {
      const run = await app.run('main.cjs', { args: server.args() });
      const at = (text: string) => text.replaceAll(/^\s+at .*\n/gm, '').replaceAll(/^ *\^$/gm, '');
      expect(at(run.stderr), turn).toBe(at(without.stderr));
      expect(run, turn).toMatchObject({ code: without.code, signal: without.signal, stdout: without.stdout });
    }
    expect(await app.seenNames()).toEqual(['marked', 'marked']);
  });

  it('I32: exports what is left when its event loop is empty', async () => {
    await using server = await startFakeServer({
      bundle: `
        exports.v = 1;
        exports.interceptors = {};
        exports.start = () => ({ scope: (fn) => fn(), shutdown: () => new Promise((resolve) => setTimeout(() => {
          require('node:fs').writeFileSync(process.env.TEST_SPANS, '{"flushed":true}\\n');
          resolve();
        }, 200)) });`,
    });
    await using app = await makeApp({ 'main.cjs': "process.on('exit', () => console.log('exit'));" });
    expect(await app.run('main.cjs', { args: server.args() })).toMatchObject({
      code: 0,
      stdout: 'exit\n',
      stderr: '',
    });
    expect(await app.lines()).toEqual([{ flushed: true }]);
  });

  it('I32: is not held for longer than two seconds by an export that hangs', async () => {
    await using server = await startFakeServer({
      bundle: `
        exports.v = 1;
        exports.interceptors = {};
        exports.start = () => ({ scope: (fn) => fn(), shutdown: () => new Promise(() => setInterval(() => undefined, 1000)) });`,
    });
    await using app = await makeApp({ 'main.cjs': "console.log('done');" });
    const run = await app.run('main.cjs', { args: server.args() });
    expect(run).toMatchObject({ code: 0, stdout: 'done\n', stderr: '' });
    expect(run.ms).toBeLessThan(15_000);
  });

  it.each(['throws', 'rejects'])('I32: ends as without it when the export %s', async (how) => {
    await using server = await startFakeServer({
      bundle: `
        exports.v = 1;
        exports.interceptors = {};
        exports.start = () => ({ scope: (fn) => fn(), shutdown: () => { ${
          how === 'throws' ? "throw new Error('no');" : "return Promise.reject(new Error('no'));"
        } } });`,
    });
    await using app = await makeApp({ 'main.cjs': "console.log('done');" });
    expect(await app.run('main.cjs', { args: server.args() })).toMatchObject({
      code: 0,
      stdout: 'done\n',
      stderr: '',
    });
  });
});
