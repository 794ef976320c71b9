import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startFakeServer } from './support/fake-server.ts';
import { nodeOf } from './support/node-versions.ts';
import { makeApp } from './support/run-app.ts';

const FILES = {
  'main.cjs': [
    "const { Worker } = require('node:worker_threads');",
    "const { markedCjs } = require('./two.cjs');",
    'console.log(markedCjs(1));',
    "console.log(require('./three.mjs').markedEsm(1));",
    "import('./four.mjs').then(({ markedLate }) => {",
    '  console.log(markedLate(1));',
    "  new Worker(require.resolve('./five.cjs'));",
    '});',
  ].join('\n'),
  'main.mjs': [
    "import { markedEsm } from './three.mjs';",
    "import cjs from './two.cjs';",
    'console.log(markedEsm(1), cjs.markedCjs(1));',
  ].join('\n'),
  'two.cjs': 'exports.markedCjs = (a) => a;',
  'three.mjs': 'export function markedEsm(a) { return a; }',
  'four.mjs': 'export async function* markedNone() {}\nexport const markedLate = (a) => a;',
  'five.cjs': "require('./two.cjs').markedCjs(2);",
};

describe('the agent on', () => {
  it.for([22, 24, 26])(
    'I31: Node %i weaves CommonJS, ESM and workers, and Node prints no warning',
    { timeout: 300_000 },
    async (line, { skip }) => {
      const node = await nodeOf(line);
      if ('why' in node) return skip(node.why);
      await using server = await startFakeServer();
      await using app = await makeApp(FILES);
      const options = { node: node.path, args: server.args() };

      const cjs = await app.run('main.cjs', options);
      expect(cjs).toMatchObject({
        code: 0,
        stdout: '1\n1\n1\n',
        stderr: (await app.run('main.cjs', { node: node.path })).stderr,
      });
      expect(await app.seenNames()).toEqual(['markedCjs', 'markedEsm', 'markedLate', 'markedCjs']);
      expect(await app.run('main.mjs', options)).toMatchObject({ code: 0, stdout: '1 1\n', stderr: '' });
      expect(await app.seenNames()).toEqual(['markedEsm', 'markedCjs']);
    },
  );

  it.runIf(existsSync('/usr/bin/node'))('an older Node passes through with one message', async () => {
    await using server = await startFakeServer();
    await using app = await makeApp({ 'main.mjs': "console.log('ran', 1);" });
    const { stderr, stdout } = await app.run('main.mjs', { node: '/usr/bin/node', args: server.args() });
    expect(stdout).toBe('ran 1\n');
    expect(stderr).toMatch(/^(?:distrace: DT_ERR_AGENT_NODE: [^\n]+\n)?$/);
  });
});
