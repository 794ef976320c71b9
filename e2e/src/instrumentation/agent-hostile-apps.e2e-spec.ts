import { beforeAll, describe, expect, it } from 'vitest';
import { startFakeServer } from './support/fake-server.ts';
import { makeApp } from './support/run-app.ts';
import { buildSpanBundle } from './support/span-bundle.ts';

/** What apps do to the process that they share with the agent, before any other file is loaded. */
const DEEDS: Readonly<Record<string, string>> = {
  'replaces Promise.prototype.then': `
    const { then } = Promise.prototype;
    Promise.prototype.then = function (...args) { return then.apply(this, args); };`,
  'replaces methods of arrays': `
    for (const name of ['map', 'push', 'some', 'every', 'includes', 'slice', 'concat', 'shift', 'splice']) {
      const own = Array.prototype[name];
      Array.prototype[name] = function (...args) { return own.apply(this, args); };
    }`,
  'breaks JSON': "JSON.parse = JSON.stringify = () => { throw new Error('no JSON'); };",
  'breaks maps and sets':
    "Map.prototype.get = Map.prototype.set = Set.prototype.has = Set.prototype.add = () => { throw new Error('no map'); };",
  'replaces process.emit': 'process.emit = () => false;',
  'replaces process.exit and process.kill': "process.exit = process.kill = () => console.log('not now');",
  'has fake timers': `
    Date.now = () => NaN;
    for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'queueMicrotask', 'fetch'])
      globalThis[name] = () => { throw new Error(name); };`,
  'has no performance and no Buffer': 'globalThis.performance = globalThis.Buffer = undefined;',
  'empties its environment and goes elsewhere': "process.env = {};\nprocess.chdir('/');",
  'takes all permissions of new files': 'process.umask(0o777);',
  'deletes its working directory':
    "const fs = require('node:fs');\nfs.mkdirSync('gone');\nprocess.chdir('gone');\nfs.rmdirSync('../gone');",
  'shows no stacks': `
    Object.defineProperty(Error, 'stackTraceLimit', { value: 0, writable: false });
    Error.prepareStackTrace = () => { throw new Error('no stack'); };`,
  'freezes what there is':
    'for (const one of [Object, Array, Promise]) Object.freeze(one.prototype);\nObject.freeze(process);',
};

describe('an app that', () => {
  let bundle = '';
  beforeAll(async () => {
    bundle = await buildSpanBundle();
  });

  it.each(Object.entries(DEEDS))('I32: %s runs as without the agent', async (_, deed) => {
    await using server = await startFakeServer({ bundle });
    await using app = await makeApp({
      'main.cjs': `${deed}\nconst { marked, later } = require('./one.cjs');\nconsole.log(marked(1));\nlater(2).then((n) => console.log(n));`,
      'one.cjs':
        'exports.marked = function marked(n) { return n + 1; };\nexports.later = async function marked(n) { await null; return n + 1; };',
    });
    const without = await app.run('main.cjs');
    const run = await app.run('main.cjs', { args: server.args({ span_exporter: 'disk(spans/)' }) });
    expect(run).toMatchObject({ code: without.code, signal: without.signal, stdout: without.stdout });
    expect(without).toMatchObject({ code: 0, stdout: '2\n3\n' });
    // What is lost is said, in a line or two, and nothing else.
    expect(run.stderr.replaceAll(/^distrace: .*\n/gm, '')).toBe(without.stderr);
  });

  it('I32: waits for ever at its top level ends as without the agent', async () => {
    await using server = await startFakeServer({ bundle });
    await using app = await makeApp({ 'main.mjs': 'console.log(1);\nawait new Promise(() => undefined);' });
    const without = await app.run('main.mjs');
    const run = await app.run('main.mjs', { args: server.args() });
    expect(run).toMatchObject({ code: 13, stdout: '1\n', stderr: without.stderr });
  });
});
