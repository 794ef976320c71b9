import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFakeServer } from './support/fake-server.ts';
import type { FakeServer } from './support/fake-server.ts';
import { AGENT, makeApp } from './support/run-app.ts';

const CJS = 'exports.markedCjs = function markedCjs(a) { return a + 1; };\n';
const ESM = 'export function markedEsm(a) { return a + 1; }\n';

/** Each way in which a file becomes a module; all print 3 and call one marked function once. */
const WAYS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a CommonJS main file': { 'main.cjs': 'function marked(a) { return a + 1; }\nconsole.log(marked(2));' },
  'an ESM main file': { 'main.mjs': 'function marked(a) { return a + 1; }\nconsole.log(marked(2));' },
  'a nested require': {
    'main.cjs': "console.log(require('./one.cjs').two(2));",
    'one.cjs': "exports.two = require('./two.cjs').markedCjs;",
    'two.cjs': CJS,
  },
  createRequire: {
    'main.mjs':
      "import { createRequire } from 'node:module';\nconsole.log(createRequire(import.meta.url)('./two.cjs').markedCjs(2));",
    'two.cjs': CJS,
  },
  'an import of CommonJS': {
    'main.mjs': "import { markedCjs } from './two.cjs';\nconsole.log(markedCjs(2));",
    'two.cjs': CJS,
  },
  'a require of ESM': { 'main.cjs': "console.log(require('./two.mjs').markedEsm(2));", 'two.mjs': ESM },
  'a dynamic import': {
    'main.cjs': "import('./two.mjs').then((m) => console.log(m.markedEsm(2)));",
    'two.mjs': ESM,
  },
  'a .js file without a "type", required as ESM': {
    'main.cjs': "console.log(require('./two.js').markedEsm(2));",
    'two.js': ESM,
  },
  'a .js file without a "type", required as CommonJS': {
    'main.cjs': "console.log(require('./two.js').markedCjs(2));",
    'two.js': `#!/usr/bin/env node\n${CJS}`,
  },
  'a file with a byte order mark': {
    'main.cjs': "console.log(require('./two.js').markedCjs(2));",
    'two.js': `\uFEFF${CJS}`,
  },
  'a package of node_modules with a folder of its own "type"': {
    'main.mjs': "import { markedEsm } from 'dep/esm/two.js';\nconsole.log(markedEsm(2));",
    'node_modules/dep/package.json': '{"name":"dep","version":"2.0.0"}',
    'node_modules/dep/esm/package.json': '{"type":"module"}',
    'node_modules/dep/esm/two.js': ESM,
  },
  'a worker thread': {
    'main.cjs':
      "const { Worker } = require('node:worker_threads');\nnew Worker(require.resolve('./w.cjs')).on('message', console.log);",
    'w.cjs': "require('node:worker_threads').parentPort.postMessage(require('./two.cjs').markedCjs(2));",
    'two.cjs': CJS,
  },
  'a worker thread of ESM': {
    'main.mjs':
      "import { Worker } from 'node:worker_threads';\nnew Worker(new URL('./w.mjs', import.meta.url)).on('message', console.log);",
    'w.mjs':
      "import { parentPort } from 'node:worker_threads';\nimport { markedEsm } from './two.mjs';\nparentPort.postMessage(markedEsm(2));",
    'two.mjs': ESM,
  },
  'a child process': {
    'main.cjs': "require('node:child_process').fork(require.resolve('./two.cjs'));",
    'two.cjs': 'function marked(a) { return a + 1; }\nconsole.log(marked(2));',
  },
};

describe('a process under the agent', () => {
  let server: FakeServer;

  beforeAll(async () => {
    server = await startFakeServer();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  it.each(Object.entries(WAYS))('I1: traces each call once in %s', async (_, files) => {
    await using app = await makeApp(files);
    const main = Object.keys(files)[0]!;

    const run = await app.run(main, { args: server.args() });

    expect(run).toMatchObject({ code: 0, stdout: '3\n', stderr: '' });
    expect(await app.seenNames()).toHaveLength(1);
  });

  it('I2: traces each call once in a module that is required and imported', async () => {
    await using app = await makeApp({
      'main.mjs': [
        "import { createRequire } from 'node:module';",
        "import imported, { markedCjs } from './two.cjs';",
        "const required = createRequire(import.meta.url)('./two.cjs');",
        'console.log(imported === required, markedCjs(1), required.markedCjs(1), markedCjs === required.markedCjs);',
      ].join('\n'),
      'two.cjs': CJS,
      'other.cjs':
        "const { markedCjs } = require('./two.cjs');\nimport('./two.cjs').then((m) => console.log(m.markedCjs(markedCjs(1))));",
    });

    expect(await app.run('main.mjs', { args: server.args() })).toMatchObject({
      stdout: 'true 2 2 true\n',
      stderr: '',
    });
    expect(await app.seenNames()).toEqual(['markedCjs', 'markedCjs']);
    expect(await app.run('other.cjs', { args: server.args() })).toMatchObject({ stdout: '3\n', stderr: '' });
    expect(await app.seenNames()).toEqual(['markedCjs', 'markedCjs']);
  });

  it.each([
    ['--import twice', { flags: ['--import', AGENT, '--import', `${AGENT}?again`] }],
    ['--import and NODE_OPTIONS', { env: { NODE_OPTIONS: `--import ${AGENT}?again` } }],
    ['--import and --require', { flags: ['--require', AGENT.replace(/\.js$/, '.cjs'), '--import', AGENT] }],
  ])('I3: changes nothing when it is loaded twice, by %s', async (_, options) => {
    await using app = await makeApp({
      'main.cjs': 'function marked(a) { return a + 1; }\nconsole.log(marked(2));',
    });

    const run = await app.run('main.cjs', { args: server.args(), ...options });

    expect(run).toMatchObject({ code: 0, stdout: '3\n', stderr: '' });
    const lines = await app.lines();
    expect(lines.filter((line) => 'started' in line)).toHaveLength(1);
    expect(lines.filter((line) => 'name' in line)).toHaveLength(1);
    // Its second copy is loaded under the first, and says "marked" somewhere.
    expect(server.requests.some(({ text }) => text.includes('@distrace/agent'))).toBe(false);
  });

  it('I4: leaves the text of files without a mark, and of their functions, as it is', async () => {
    const plain = 'exports.plain = function plain ( a ,b=1 ) { /* as it is */ return a };\n';
    const report =
      "console.log(JSON.stringify([plain.toString(), Object.getOwnPropertyNames(globalThis).includes('x')]));";
    await using app = await makeApp({
      'main.cjs': `const { plain } = require('./plain.cjs');\n${report}\nfunction marked() {}\nmarked();`,
      'plain.cjs': plain,
      'main.mjs': `import { plain } from './plain.mjs';\n${report}`,
      'plain.mjs': plain.replace('exports.plain =', 'export'),
    });
    for (const main of ['main.cjs', 'main.mjs']) {
      const without = await app.run(main);
      expect(await app.run(main, { args: server.args() })).toMatchObject({
        stdout: without.stdout,
        stderr: '',
      });
    }
    expect(server.requests.filter(({ text }) => text.includes('as it is'))).toEqual([]);
  });
});
