import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { WEAVER } from '@distrace/instrumentation/wire';
import { COUNTING_BUNDLE, MARKED_RULE, startFakeServer } from './support/fake-server.ts';
import { makeApp } from './support/run-app.ts';

/** Calls a marked function each 20 ms and prints how often; loads `late.cjs` once that is there. */
const APP = {
  'main.cjs': [
    "const { existsSync } = require('node:fs');",
    "const { isMainThread, Worker } = require('node:worker_threads');",
    'if (isMainThread && process.argv[2] === "threads") new Worker(__filename);',
    'function marked() { return 1; }',
    'let late;',
    'setInterval(() => {',
    '  marked();',
    '  if (existsSync(`${__dirname}/load-late`)) (late ??= require("./late.cjs"))();',
    '}, 20);',
  ].join('\n'),
  'late.cjs': 'function other_late() { return 2; }\nmodule.exports = other_late;',
};

describe('rules that change while a process runs', () => {
  it.each([[[]], [['threads']]])('I48: switch a probe off and on within the poll, with %j', async (argv) => {
    await using server = await startFakeServer({ pollIntervalMs: 100 });
    await using app = await makeApp(APP);
    const { child, ended } = app.start('main.cjs', { args: server.args(), argv });
    const calls = async () => await app.seen();
    const wantThreads = argv.length + 1;
    const isOn = async () => new Set((await calls()).map(({ threadId }) => threadId)).size === wantThreads;
    await vi.waitUntil(isOn, { timeout: 20_000, interval: 300 });

    server.options = { ...server.options, rules: [{ ...MARKED_RULE, enabled: false }] };
    server.serial += 1;
    await vi.waitUntil(async () => (await calls()).length === 0, { timeout: 20_000, interval: 300 });

    server.options = { ...server.options, rules: [MARKED_RULE] };
    server.serial += 1;
    await vi.waitUntil(isOn, { timeout: 20_000, interval: 300 });

    child.kill();
    expect(await ended).toMatchObject({ signal: 'SIGTERM', stderr: '' });
  });

  it('I48: reach files that are loaded later, with the interceptors of another bundle', async () => {
    await using server = await startFakeServer({ pollIntervalMs: 100 });
    await using app = await makeApp(APP);
    const { child, ended } = app.start('main.cjs', { args: server.args() });
    await vi.waitUntil(async () => (await app.seen()).length > 0, { timeout: 20_000, interval: 100 });

    const other = {
      name: 'other',
      files: [{ packages: ['app'], path: null, words: ['other_'] }],
      enabled: true,
    };
    server.options = {
      pollIntervalMs: 100,
      rules: [MARKED_RULE, other],
      bundle: COUNTING_BUNDLE.replace(
        'exports.interceptors = {',
        'exports.interceptors = { other: { onEnter({ function: name }) { say({ name }); } },',
      ),
    };
    server.serial += 1;
    await vi.waitUntil(async () => (await app.lines()).some((line) => 'started' in line), {
      timeout: 20_000,
      interval: 50,
    });
    await writeFile(join(app.folder, 'load-late'), '');

    const names = new Set<string>();
    await vi.waitUntil(
      async () => {
        for (const name of await app.seenNames()) names.add(name);
        return names.size === 2;
      },
      { timeout: 20_000, interval: 100 },
    );
    expect([...names].toSorted()).toEqual(['marked', 'other_late']);
    child.kill();
    expect(await ended).toMatchObject({ stderr: '' });
  });
});

describe('server and agent of other releases', () => {
  const FILES = { 'main.cjs': 'function marked() { return 1; }\nconsole.log(marked());' };

  it.each([0, 2, 99])('I49: pass through when the server speaks protocol %i', async (protocol) => {
    await using server = await startFakeServer({ changeAnswer: (answer) => ({ ...answer, protocol }) });
    await using app = await makeApp(FILES);
    const run = await app.run('main.cjs', { args: server.args() });
    expect(run).toMatchObject({ code: 0, stdout: '1\n' });
    expect(run.stderr).toMatch(/^distrace: DT_ERR_AGENT_NO_ANSWER: [^\n]*protocol[^\n]*\n$/);
    expect(await app.seenNames()).toEqual([]);
  });

  it('I49: pass through when the server weaves with another version', async () => {
    await using server = await startFakeServer({
      changeManifest: (manifest) => ({ ...manifest, weaver: 99 }),
    });
    await using app = await makeApp(FILES);
    const run = await app.run('main.cjs', { args: server.args() });
    expect(run).toMatchObject({ code: 0, stdout: '1\n' });
    expect(run.stderr).toMatch(/^distrace: DT_ERR_AGENT_REFUSED: [^\n]*weaver[^\n]*\n$/);
  });

  it('I49: work together when the server says more than this agent knows', async () => {
    await using server = await startFakeServer({
      changeManifest: (manifest) => ({
        ...manifest,
        colour: 'blue',
        rules: manifest.rules.map((rule) => ({ ...rule, weight: 3 })),
      }),
      changeAnswer: (answer) => ({ ...answer, hint: 'new' }),
    });
    await using app = await makeApp(FILES);
    expect(await app.run('main.cjs', { args: server.args() })).toMatchObject({ stdout: '1\n', stderr: '' });
    expect(await app.seenNames()).toEqual(['marked']);
  });

  it('I49: tell the server which protocols and which weaver they speak', async () => {
    await using server = await startFakeServer();
    await using app = await makeApp(FILES);
    await app.run('main.cjs', { args: server.args() });
    expect(server.requests[0]?.body).toMatchObject({
      agent: { protocol: { min: 1, max: 1 }, weaver: WEAVER, agentVersion: '0.1.0' },
    });
  });

  it('tell the server of the process, where process_facts says so, in numbers', async () => {
    await using server = await startFakeServer();
    await using app = await makeApp(FILES);
    await app.run('main.cjs', { args: server.args({ process_facts: 'true' }) });
    const { agent } = server.requests[0]!.body as { agent: { process: Record<string, number> } };
    const facts = agent.process;
    expect(facts['heapUsedBytes']).toBeGreaterThan(1_000_000);
    expect(Object.values(facts).every((value) => Number.isFinite(value))).toBe(true);
    const [started] = await app.lines();
    expect(started).toMatchObject({
      started: { attributes: { 'distrace.process.heap_limit_bytes': expect.any(Number) } },
    });
  });
});
