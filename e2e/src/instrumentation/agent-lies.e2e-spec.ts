import { describe, expect, it } from 'vitest';
import { createKeyPair, signText, WEAVER } from '@distrace/instrumentation/wire';
import { sha256, startFakeServer } from './support/fake-server.ts';
import type { FakeServerOptions } from './support/fake-server.ts';
import { RAW, startRawServer, WRONG } from './support/hostile-servers.ts';
import { nodeOf } from './support/node-versions.ts';
import { makeApp } from './support/run-app.ts';
import type { AppRun } from './support/run-app.ts';

/** The same file in a main thread, a worker thread and two processes of a cluster, each in its own copy. */
const FILES = {
  'main.cjs': [
    "const cluster = require('node:cluster');",
    "const { Worker } = require('node:worker_threads');",
    "const { marked } = require('./one.cjs');",
    'console.log(marked(1));',
    'if (cluster.isPrimary) {',
    "  new Worker(require.resolve('./two.cjs')).on('exit', () => {",
    '    cluster.fork().on("exit", () => cluster.fork());',
    '  });',
    '} else {',
    '  process.disconnect();',
    '}',
  ].join('\n'),
  'one.cjs': 'exports.marked = function marked(a) { return a + 1; };',
  'two.cjs': "console.log(require('./three.cjs').markedToo(2));",
  'three.cjs': 'exports.markedToo = (a) => a + 1;',
};

/** Without a cluster, for the many. */
const THREADS = {
  ...FILES,
  'main.cjs':
    "const { marked } = require('./one.cjs');\nconsole.log(marked(1));\nnew (require('node:worker_threads').Worker)(require.resolve('./two.cjs'));",
};

const keys = createKeyPair();

/** A list that is signed and yet of no form that a weaver makes. */
function signs(other: object): FakeServerOptions['instead'] {
  return (request, response) => {
    if (request.url !== '/v1/instrument') return false;
    const source = sha256(FILES['one.cjs']);
    const list = { v: 1, source, format: 'cjs', weaver: WEAVER, edits: [], probes: [], ...other };
    response.writeHead(200, { 'content-type': 'application/json' });
    const edits = signText('edits', JSON.stringify(list), keys.privateKey);
    response.end(JSON.stringify({ status: 'woven', phase: 'sent', edits }));
    return true;
  };
}

function says(answer: unknown): FakeServerOptions {
  return { changeInstrument: () => answer };
}

const PROBE = { interceptors: ['marked'], function: 'marked', line: 1, flow: 'sync' };

/** After an honest handshake, so that there is something to follow. */
const LIES: Readonly<Record<string, FakeServerOptions>> = {
  'that files are not marked, without a signature': says({ status: 'not-marked', phase: 'sent' }),
  'with edits that are no text': says({ status: 'woven', phase: 'sent', edits: { edits: [] } }),
  'with edits that nobody signed': says({ status: 'woven', phase: 'sent', edits: 'edits' }),
  'with more than is read': says({ status: 'woven', phase: 'sent', edits: 'x'.repeat(40_000_000) }),
  'with a status of its own': says({ status: '\u001b[31mexit', code: 1 }),
  'with a text': says('woven'),
  'with edits of another form': { instead: signs({ edits: { length: 3 } }) },
  'with edits outside of the file': { instead: signs({ edits: [[1e9, 'run', 0]], probes: [PROBE] }) },
  'with offsets that are none': { instead: signs({ edits: [['0', 'run', 0]], probes: [PROBE] }) },
  'with edits that are nothing': { instead: signs({ edits: [null], probes: [PROBE] }) },
  'with a text of its own': { instead: signs({ edits: [[0, 'process.exit(9);', 0]], probes: [PROBE] }) },
  'with a probe that is nothing': { instead: signs({ edits: [[0, 'end', 0]], probes: [null] }) },
  'with a name of the prototype': { instead: signs({ edits: [[0, '__proto__', 0]], probes: [PROBE] }) },
};

/** One line for each process at most, and none of its threads. */
function expectUnharmed(run: AppRun, stdout: string, processes: number): void {
  expect(run).toMatchObject({ code: 0, stdout });
  const lines = run.stderr.split('\n').slice(0, -1);
  for (const line of lines) expect(line).toMatch(/^distrace: DT_ERR_AGENT_[A-Z_]+: [^\p{Cc}]{1,1000}$/u);
  expect(lines.length).toBeLessThanOrEqual(processes);
  expect(lines.length).toBeGreaterThan(0);
}

describe('threads and processes of a cluster whose server', () => {
  it.for(Object.entries(LIES))('I26: answers %s run as without the agent', async ([, options]) => {
    await using server = await startFakeServer({ keys, ...options });
    await using app = await makeApp(FILES);
    expectUnharmed(await app.run('main.cjs', { args: server.args() }), '2\n3\n2\n2\n', 3);
    expect(await app.seenNames()).toEqual([]);
  });
});

describe.for([22, 26])('on Node %i an app whose server', (line) => {
  const argsTo = (port: number) =>
    `connection=127.0.0.1:${port};public_key=${keys.publicKey};service=app;timeout_ms=500`;

  it.for(Object.entries(RAW))(
    'I26: %s runs as without the agent',
    { timeout: 300_000 },
    async ([, onConnection], { skip }) => {
      const node = await nodeOf(line);
      if ('why' in node) return skip(node.why);
      await using server = await startRawServer(onConnection);
      await using app = await makeApp(THREADS);
      expectUnharmed(await app.run('main.cjs', { node: node.path, args: argsTo(server.port) }), '2\n3\n', 1);
    },
  );

  it.for([
    ...Object.entries(WRONG),
    ...Object.entries(LIES).map(([name, lie]) => [name, () => lie] as const),
  ])('I26: %s runs as without the agent', { timeout: 300_000 }, async ([, options], { skip }) => {
    const node = await nodeOf(line);
    if ('why' in node) return skip(node.why);
    await using server = await startFakeServer({ keys, ...options() });
    await using app = await makeApp(THREADS);
    expectUnharmed(await app.run('main.cjs', { node: node.path, args: server.args() }), '2\n3\n', 1);
    expect(await app.seenNames()).toEqual([]);
  });
});
