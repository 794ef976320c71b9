import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFakeServer } from './support/fake-server.ts';
import type { FakeServer } from './support/fake-server.ts';
import { makeApp } from './support/run-app.ts';

/** As tsc compiles `one.ts`, whose guard throws in line 5; the compiled line is 3. */
const COMPILED = [
  'export class Task {',
  '    markedRun(limit) {',
  '        throw new RangeError(`over ${limit}`);',
  '    }',
  '}',
  '//# sourceMappingURL=one.mjs.map',
  '',
].join('\n');
const SOURCE_MAP = JSON.stringify({
  version: 3,
  file: 'one.mjs',
  sources: ['one.ts'],
  sourcesContent: [
    'export class Task {\n\n  markedRun(limit: number): void {\n    // over it\n    throw new RangeError(`over ${limit}`);\n  }\n}\n',
  ],
  names: [],
  mappings: 'AAAA;IAEE,SAAS;QAEP,MAAM;IACR',
});

describe('woven code', () => {
  let server: FakeServer;

  beforeAll(async () => {
    server = await startFakeServer();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  const main = [
    "import { Task } from './one.mjs';",
    'try {',
    '  new Task().markedRun(3);',
    '} catch (error) {',
    "  console.log(error instanceof RangeError, error.name, error.message, error.stack.split('\\n')[1].replace(/^.*\\//, ''));",
    '}',
  ].join('\n');

  it.each([[[]], [['--enable-source-maps']]])(
    'I7: throws from the same file, line and column, with %j',
    async (flags) => {
      await using app = await makeApp({ 'main.mjs': main, 'one.mjs': COMPILED, 'one.mjs.map': SOURCE_MAP });
      const agent = import.meta.resolve('@distrace/agent/register');

      const without = await app.run('main.mjs', { flags });
      const run = await app.run('main.mjs', { args: server.args(), flags: [...flags, '--import', agent] });

      expect(without.stdout).toBe(
        `true RangeError over 3 ${flags.length === 0 ? 'one.mjs:3:15)' : 'one.ts:5:11)'}\n`,
      );
      expect(run).toMatchObject({ stdout: without.stdout, stderr: '' });
      expect(await app.seenNames()).toEqual(['Task.markedRun']);
    },
  );

  it('I8: has no binding that an import cycle could find unset', async () => {
    await using app = await makeApp({
      'a.mjs':
        "import { early } from './b.mjs';\nexport function markedHoisted() { return 'hoisted'; }\nconsole.log(early, markedHoisted());",
      'b.mjs': "import { markedHoisted } from './a.mjs';\nexport const early = markedHoisted();",
      'a.cjs':
        "exports.markedHoisted = markedHoisted;\nconst { early } = require('./b.cjs');\nfunction markedHoisted() { return 'hoisted'; }\nconsole.log(early, markedHoisted());",
      'b.cjs': "exports.early = require('./a.cjs').markedHoisted();",
    });
    for (const file of ['a.mjs', 'a.cjs']) {
      expect(await app.run(file, { args: server.args() })).toMatchObject({
        stdout: 'hoisted hoisted\n',
        stderr: '',
      });
      expect(await app.seenNames()).toEqual(['markedHoisted', 'markedHoisted']);
    }
  });

  it('I16: is made once: a second process of the same sources asks for nothing and sends nothing', async () => {
    await using own = await startFakeServer();
    const files = {
      'main.mjs': "import { marked } from './one.mjs';\nimport './two.cjs';\nconsole.log(marked());",
      'one.mjs': 'export function marked() { return 1; }',
      'two.cjs': "exports.of = 'marked by a word alone';",
    };
    await using first = await makeApp(files);
    await using second = await makeApp(files);

    await first.run('main.mjs', { args: own.args() });
    const transforms = own.transforms.length;
    expect(transforms).toBe(3);
    own.requests.length = 0;
    const run = await second.run('main.mjs', { args: own.args({ poll_interval_ms: '0' }) });

    expect(run).toMatchObject({ stdout: '1\n', stderr: '' });
    expect(await second.seenNames()).toEqual(['marked']);
    expect(own.transforms).toHaveLength(transforms);
    expect(own.requests.map(({ url }) => url)).toEqual(['/v1/handshake']);
  });

  it('comes from a pack file alone, without a server', async () => {
    await using own = await startFakeServer();
    const files = { 'main.cjs': 'function marked() { return 1; }\nconsole.log(marked());' };
    await using first = await makeApp(files);
    await first.run('main.cjs', { args: own.args() });
    const response = await fetch(`http://127.0.0.1:${own.port}/v1/handshake`, {
      method: 'POST',
      body: JSON.stringify({ agent: { service: 'app' }, have: {} }),
    });
    await using app = await makeApp({ ...files, 'app.pack': await response.text() });
    await own.stop();

    const run = await app.run('main.cjs', {
      args: own.args({ connection: `file:${join(app.folder, 'app.pack')}` }),
    });

    expect(run).toMatchObject({ stdout: '1\n', stderr: '' });
    expect(await app.seenNames()).toEqual(['marked']);
  });

  it('of a file that is no UTF-8, or that the server cannot take, is the file itself', async () => {
    await using own = await startFakeServer({
      instead: (_, response, answer) => {
        const text = answer();
        if (!text.includes('refused')) return false;
        response.writeHead(422, { 'content-type': 'application/json' });
        response.end('{}');
        return true;
      },
    });
    await using app = await makeApp({
      'main.mjs':
        "import './latin.mjs';\nimport { markedLater } from './later.mjs';\nconsole.log(markedLater());",
      'later.mjs': 'export function markedLater() { return 1; }',
    });
    await writeFile(
      join(app.folder, 'latin.mjs'),
      Buffer.from('function marked() { return "\xe9"; }\nmarked();', 'latin1'),
    );
    expect(await app.run('main.mjs', { args: own.args() })).toMatchObject({ stdout: '1\n', stderr: '' });
    expect(await app.seenNames()).toEqual(['markedLater']);
  });

  it('is written to dump_dir for a person who wants to see it', async () => {
    await using app = await makeApp({
      'main.cjs': 'function marked() { return 1; }\nconsole.log(marked());',
    });
    const run = await app.run('main.cjs', { args: server.args({ dump_dir: join(app.folder, 'dump') }) });
    expect(run).toMatchObject({ stdout: '1\n', stderr: '' });
    const dumped = await app.run('show.cjs').catch(() => undefined);
    expect(dumped?.code).toBe(1);
    await mkdir(join(app.folder, 'x'));
    await writeFile(
      join(app.folder, 'show.cjs'),
      "console.log(require('node:fs').readFileSync('dump/app_main.cjs', 'utf8'));",
    );
    expect((await app.run('show.cjs')).stdout).toContain('__distrace');
  });
});
