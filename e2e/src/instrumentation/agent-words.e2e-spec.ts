import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { AgentFacts, HandshakeRequest } from '@distrace/instrumentation/wire';
import { startFakeServer } from './support/fake-server.ts';
import type { FakeServer } from './support/fake-server.ts';
import { makeApp } from './support/run-app.ts';

/** Its one hook throws whenever it is called. */
const THROWING = `
exports.v = 1;
exports.interceptors = { marked: { onEnter() { null.nothing; } } };
exports.start = () => ({ scope: (fn) => fn(), shutdown: async () => undefined });
`;

const told = (server: FakeServer): readonly AgentFacts[] =>
  server.requests
    .filter(({ url }) => url === '/v1/handshake')
    .map(({ body }) => (body as HandshakeRequest).agent);

describe('what the agent says', () => {
  it('I13: of a hook that throws is a line for its first error and one when it is switched off; the server gets the count', async () => {
    await using server = await startFakeServer({ bundle: THROWING });
    await using app = await makeApp({
      'main.cjs': [
        "const { existsSync } = require('node:fs');",
        'function marked(n) { return n; }',
        'let sum = 0;',
        'for (let i = 0; i < 15; i += 1) sum += marked(i);',
        'console.log(sum);',
        "const timer = setInterval(() => existsSync('go') && clearInterval(timer), 20);",
      ].join('\n'),
    });
    const { child, ended } = app.start('main.cjs', { args: server.args() });
    await vi.waitUntil(() => told(server).some(({ hookErrors }) => hookErrors?.['marked'] === 10), {
      timeout: 20_000,
    });
    child.kill();
    const { stdout, stderr } = await ended;

    expect(stdout).toBe('105\n');
    const place = 'marked (app@1.2.3/main.cjs:2)';
    expect(stderr.split('\n')).toEqual([
      expect.stringContaining(
        `distrace: DT_ERR_AGENT_HOOK: Hooks of an interceptor must not throw, "marked" did at ${place}: TypeError: `,
      ),
      expect.stringContaining(`at ${place} and are switched off there`),
      '',
    ]);
    expect(stderr).toContain('; the app is not touched\n');
  });

  it('I47: of worker threads is told to the server with the rest, also when they have ended', async () => {
    await using server = await startFakeServer({ bundle: THROWING, pollIntervalMs: 100 });
    await using app = await makeApp({
      'main.cjs': [
        "const { existsSync } = require('node:fs');",
        "const { isMainThread, Worker } = require('node:worker_threads');",
        'function marked() {}',
        'for (let i = 0; i < 3; i += 1) marked();',
        "if (isMainThread) new Worker(__filename).on('exit', () => console.log('ended'));",
        "const timer = isMainThread && setInterval(() => existsSync('go') && clearInterval(timer), 20);",
      ].join('\n'),
    });
    const { child, ended } = app.start('main.cjs', { args: server.args() });
    await vi.waitUntil(
      () => told(server).some(({ woven, hookErrors }) => woven === 2 && hookErrors?.['marked'] === 6),
      { timeout: 20_000 },
    );
    child.kill();
    expect((await ended).stdout).toBe('ended\n');
  });

  it('I47: at level debug is what became of each file, and of each poll; at trace each request', async () => {
    await using server = await startFakeServer();
    await using app = await makeApp({
      'main.cjs':
        "function marked() {}\nmarked();\nrequire('./other.cjs');\nsetTimeout(() => undefined, 600);",
      'other.cjs': '// marked, but nothing is',
    });
    const logOf = async (level: string) => {
      const dir = `log-${level}`;
      const run = await app.run('main.cjs', { args: server.args({ log_level: level, log_dir: dir }) });
      expect(run).toMatchObject({ code: 0, stdout: '', stderr: '' });
      const files = await readdir(join(app.folder, dir)).catch(() => []);
      return (await Promise.all(files.map((file) => readFile(join(app.folder, dir, file), 'utf8')))).join('');
    };

    const debug = await logOf('debug');
    expect(debug).toMatch(/ debug app@1\.2\.3\/main\.cjs: woven \(server\), probes: 1, \d+\.\d ms\n/);
    expect(debug).toMatch(/ debug app@1\.2\.3\/other\.cjs: not marked \(server\), \d+\.\d ms\n/);
    expect(debug).toContain(' debug poll: ');
    expect(debug).not.toContain(' trace ');
    const trace = await logOf('trace');
    expect(trace).toMatch(/ debug app@1\.2\.3\/main\.cjs: woven \((?:pack|kept)\), probes: 1, /);
    expect(trace).toMatch(/ trace POST \/v1\/handshake, \d+ bytes: 200, \d+ bytes, \d+\.\d ms\n/);
    expect(await logOf('warn')).toBe('');
  });
});
