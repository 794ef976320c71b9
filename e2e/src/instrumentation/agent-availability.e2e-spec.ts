import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createKeyPair } from '@distrace/instrumentation/wire';
import { startFakeServer } from './support/fake-server.ts';
import { RAW, startRawServer, WRONG } from './support/hostile-servers.ts';
import { makeApp } from './support/run-app.ts';
import type { AppRun, TestApp } from './support/run-app.ts';

const FILES = {
  'main.mjs': "import { marked } from './one.mjs';\nconsole.log(marked(2));\nprocess.exitCode = 3;",
  'one.mjs': 'export function marked(a) { return a + 1; }',
};

/** As without the agent, but for one line on standard error; a run that is not bounded takes minutes. */
async function expectUntraced(app: TestApp, run: AppRun): Promise<void> {
  expect(run).toMatchObject({ code: 3, stdout: '3\n' });
  expect(run.stderr).toMatch(/^distrace: DT_ERR_AGENT_[A-Z_]+: [^\n]+\n$/);
  expect(run.ms).toBeLessThan(15_000);
  expect(await app.seenNames()).toEqual([]);
}

const argsTo = (connection: string) =>
  `connection=${connection};public_key=${createKeyPair().publicKey};service=app;timeout_ms=500`;

describe('an app whose server', () => {
  it.each([
    ['refuses connections', '127.0.0.1:9'],
    ['has a name that nobody knows', 'nowhere.invalid:8126;insecure=true'],
    ['is a black hole', '192.0.2.1:8126;insecure=true'],
    ['is a socket that is not there', 'unix:/nowhere/at/all.sock'],
    ['is a pack file that is not there', 'file:/nowhere/at/all.pack'],
  ])('I26: %s runs as without the agent', async (_, connection) => {
    await using app = await makeApp(FILES);
    await expectUntraced(app, await app.run('main.mjs', { args: argsTo(connection) }));
  });

  it.each(Object.entries(RAW))('I26: %s runs as without the agent', async (_, onConnection) => {
    await using server = await startRawServer(onConnection);
    await using app = await makeApp(FILES);
    await expectUntraced(app, await app.run('main.mjs', { args: argsTo(`127.0.0.1:${server.port}`) }));
  });

  it.each(Object.entries(WRONG))('I26: %s runs as without the agent', async (_, options) => {
    await using server = await startFakeServer(options());
    await using app = await makeApp(FILES);
    await expectUntraced(app, await app.run('main.mjs', { args: server.args() }));
  });

  it('I26: stops answering after the prefetch waits no longer than its deadline once', async () => {
    await using server = await startFakeServer({ instead: ({ url }) => url === '/v1/instrument' });
    const names = Array.from({ length: 50 }, (_, i) => `n${i}.cjs`);
    await using app = await makeApp({
      'main.mjs': `import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\n${names
        .map((name) => `require('./${name}');`)
        .join('\n')}\nconsole.log(3);\nprocess.exitCode = 3;`,
      ...Object.fromEntries(names.map((name) => [name, 'exports.f = function marked() {};'])),
    });
    await expectUntraced(app, await app.run('main.mjs', { args: server.args({ timeout_ms: '500' }) }));
  });

  it('I26: fails its start only where on_error=fail says so', async () => {
    await using app = await makeApp(FILES);
    const run = await app.run('main.mjs', { args: `${argsTo('127.0.0.1:9')};on_error=fail` });
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(/^distrace: DT_ERR_AGENT_NO_ANSWER: [^\n]+\n$/);
  });

  it('I27: dies and returns is asked again, and later modules are traced', async () => {
    await using server = await startFakeServer();
    await using app = await makeApp({
      'main.cjs': [
        "const { existsSync } = require('node:fs');",
        'for (const name of ["one", "two", "three"]) {',
        '  const timer = setInterval(() => {',
        '    if (!existsSync(`${__dirname}/go-${name}`)) return;',
        '    clearInterval(timer);',
        '    console.log(require(`./${name}.cjs`)());',
        '  }, 20);',
        '}',
      ].join('\n'),
      ...Object.fromEntries(
        ['one', 'two', 'three'].map((name) => [
          `${name}.cjs`,
          `function marked_${name}() { return '${name}'; }\nmodule.exports = marked_${name};`,
        ]),
      ),
    });
    const { child, ended } = app.start('main.cjs', { args: server.args({ timeout_ms: '2000' }) });
    let printed = '';
    child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const load = async (name: string) => {
      await writeFile(join(app.folder, `go-${name}`), '');
      await vi.waitUntil(() => printed.includes(name), { timeout: 20_000 });
    };

    await load('one');
    await server.stop();
    await load('two');
    const asked = server.requests.length;
    await server.restart();
    await vi.waitUntil(() => server.requests.length > asked + 1, { timeout: 20_000 });
    await load('three');

    const run = await ended;
    expect(run).toMatchObject({ code: 0, stdout: 'one\ntwo\nthree\n' });
    expect(run.stderr.split('\n')).toHaveLength(2);
    expect(await app.seenNames()).toEqual(['marked_one', 'marked_three']);
  });

  it('I29: is down at the second start traces by what was kept of the first', async () => {
    await using server = await startFakeServer();
    await using app = await makeApp(FILES);
    expect(await app.run('main.mjs', { args: server.args() })).toMatchObject({ stdout: '3\n', stderr: '' });
    expect(await app.seenNames()).toEqual(['marked']);

    await server.stop();
    const run = await app.run('main.mjs', { args: server.args() });

    expect(run).toMatchObject({ code: 3, stdout: '3\n' });
    expect(run.stderr).toMatch(/^distrace: DT_ERR_AGENT_NO_ANSWER: [^\n]+ traced by what was kept\n$/);
    expect(await app.seenNames()).toEqual(['marked']);
  });

  it('I30: may not be asked, under --permission, costs one message', async () => {
    await using server = await startFakeServer();
    await using app = await makeApp(FILES);
    const flags = [
      '--permission',
      '--allow-fs-read=*',
      '--import',
      import.meta.resolve('@distrace/agent/register'),
    ];
    const first = await app.run('main.mjs', { args: server.args(), flags });
    expect(first).toMatchObject({ code: 3, stdout: '3\n' });
    expect(first.stderr).toMatch(/^distrace: [^\n]+\n$/);
  });

  it('connects to a port that answers something else than a server', async () => {
    await using app = await makeApp(FILES);
    const run = await app.run('main.mjs', { args: argsTo(`127.0.0.1:${randomInt(1, 9)}`) });
    await expectUntraced(app, run);
  });
});
