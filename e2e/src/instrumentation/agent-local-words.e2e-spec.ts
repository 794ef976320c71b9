import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeExtension, SERVER_ENTRY } from './support/extension.ts';
import { childrenOf } from './support/processes.ts';
import { makeApp } from './support/run-app.ts';

describe.runIf(process.platform === 'linux')('a server of the tree’s own', () => {
  let extension: Awaited<ReturnType<typeof makeExtension>>;
  const args = (folder = extension.folder) => `server_entry=${SERVER_ENTRY};extensions=${folder};service=app`;

  beforeAll(async () => {
    extension = await makeExtension();
  });
  afterAll(async () => {
    await extension[Symbol.asyncDispose]();
  });

  it('I11: whose rules match nothing is told of when the app ends, once', async () => {
    await using app = await makeApp({ 'main.cjs': "console.log('ran');" });
    const run = await app.run('main.cjs', { args: args() });
    expect(run).toMatchObject({ code: 0, stdout: 'ran\n' });
    expect(run.stderr).toMatch(
      /^distrace: DT_ERR_AGENT_NOTHING_WOVEN: [^\n]+ "marked" would match among \d+ modules [^\n]+ doctor [^\n]+\n$/,
    );
  });

  it('I11: says nothing of a process that has children, which may be the app', async () => {
    await using app = await makeApp({
      'main.cjs': "require('node:child_process').fork('./child.cjs');",
      'child.cjs': 'function marked() {}\nmarked();',
    });
    expect(await app.run('main.cjs', { args: args() })).toMatchObject({ code: 0, stderr: '' });
    expect(await app.seenNames()).toEqual(['marked']);
  });

  it('I11: says at the start that extensions name no interceptor', async () => {
    await using empty = await makeExtension();
    await writeFile(join(empty.folder, 'package.json'), '{"name":"empty","version":"1.0.0","type":"module"}');
    await using app = await makeApp({ 'main.cjs': 'function marked() {}\nmarked();' });
    const run = await app.run('main.cjs', { args: args(empty.folder) });
    expect(run).toMatchObject({ code: 0, stdout: '' });
    expect(run.stderr).toMatch(
      /^distrace: DT_ERR_AGENT_(?:NOTHING_WOVEN|LOCAL_SERVER): [^\n]*xtensions[^\n]+\n$/,
    );
  });

  it.each([
    ['is not there', 'nowhere.js', /"[^"]+nowhere\.js": there is no such file; /],
    ['is a folder', '', /: it is a folder; say which file of it by server_main/],
    ['ends with an error', 'broken.cjs', /: it ended with code 1, saying: TypeError: no server; /],
    ['ends in silence', 'silent.cjs', /: it ended with code 3, saying nothing; /],
  ])('I28: whose main file %s costs one line that says so', async (_, file, words) => {
    await using app = await makeApp({
      'main.cjs': "console.log('ran');",
      'broken.cjs': "throw new TypeError('no server');",
      'silent.cjs': 'process.exit(3);',
    });
    const run = await app.run('main.cjs', { args: `server_entry=${join(app.folder, file)}` });
    expect(run).toMatchObject({ code: 0, stdout: 'ran\n' });
    expect(run.stderr).toMatch(/^distrace: DT_ERR_AGENT_LOCAL_SERVER: [^\n]+; the app runs untraced\n$/);
    expect(run.stderr).toMatch(words);
  });

  it('I28: runs without a home folder that can be written', async () => {
    await using app = await makeApp({ 'main.cjs': 'function marked() {}\nmarked();' });
    const run = await app.run('main.cjs', { args: args(), env: { HOME: '/dev/null/home' } });
    expect(run).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(await app.seenNames()).toEqual(['marked']);
  });

  it('I27: may be killed while the app loads its files', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `n${i}.cjs`);
    await using app = await makeApp({
      'main.cjs': [
        "require('./n0.cjs');",
        "console.log('loaded');",
        "const { existsSync } = require('node:fs');",
        'const timer = setInterval(() => {',
        "  if (!existsSync('go')) return;",
        '  clearInterval(timer);',
        `  for (const name of ${JSON.stringify(names)}) require('./' + name);`,
        "  console.log('done');",
        '}, 20);',
      ].join('\n'),
      ...Object.fromEntries(names.map((name) => [name, `function marked() {}\nmarked(); // ${name}`])),
    });
    const { child, ended } = app.start('main.cjs', { args: args() });
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    for (const pid of await childrenOf(child.pid!, '--local')) process.kill(pid, 'SIGKILL');
    await writeFile(join(app.folder, 'go'), '');
    const run = await ended;
    expect(run).toMatchObject({ code: 0, stdout: 'loaded\ndone\n' });
    expect(run.stderr).toMatch(/^distrace: DT_ERR_AGENT_NO_ANSWER: [^\n]+\n$/);
  });
});
