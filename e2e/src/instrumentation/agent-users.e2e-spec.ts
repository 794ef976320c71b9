import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeExtension, SERVER_ENTRY } from './support/extension.ts';
import { startFakeServer } from './support/fake-server.ts';
import { makeApp } from './support/run-app.ts';

const FILES = {
  'main.mjs': "import { marked } from './one.mjs';\nconsole.log(marked(2));",
  'one.mjs': 'export function marked(a) { return a + 1; }',
};

/** Nobody: a user that owns nothing. */
const OTHER = 65_534;

/** Runs a program as another user; its output, or how it ended. */
function asOther(program: string, ...argv: readonly string[]): Promise<string> {
  const who = [`--reuid=${OTHER}`, `--regid=${OTHER}`, '--clear-groups', '--'];
  const { promise, resolve } = Promise.withResolvers<string>();
  execFile('setpriv', [...who, process.execPath, '-e', program, ...argv], (error, stdout) =>
    resolve(error === null ? stdout : `ended with ${String(error.code)}`),
  );
  return promise;
}

const maySwitch = process.getuid?.() === 0 && canRun('setpriv', '--version');

function canRun(...[program, ...argv]: readonly [string, ...string[]]): boolean {
  try {
    execFileSync(program, argv, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('what an agent keeps', () => {
  it('I44: is nothing where a folder above is open to others, who could put another one there', async () => {
    await using server = await startFakeServer();
    await using app = await makeApp(FILES);
    const open = join(app.folder, 'open');
    await mkdir(join(open, 'mine'), { recursive: true, mode: 0o700 });
    await chmod(open, 0o777);
    const folder = join(open, 'mine', 'cache');

    const run = await app.run('main.mjs', { args: server.args({ cache_dir: folder }) });

    expect(run).toMatchObject({ code: 0, stdout: '3\n' });
    expect(run.stderr).toMatch(/^distrace: DT_ERR_AGENT_CACHE_DIR: [^\n]+ which has mode 777; [^\n]+\n$/);
    expect(await app.seenNames()).toEqual(['marked']);
    expect(await readdir(folder)).toEqual([]);
    await chmod(open, 0o1777);
    expect(await app.run('main.mjs', { args: server.args({ cache_dir: folder }) })).toMatchObject({
      stderr: '',
    });
    expect(await readdir(folder)).not.toEqual([]);
  });

  it('I44: does not leave for where a link on the way points to later', async () => {
    await using server = await startFakeServer();
    await using app = await makeApp({
      'main.mjs': `import { renameSync, symlinkSync } from 'node:fs';\nrenameSync('link', 'old');\nsymlinkSync('theirs', 'link');\n${FILES['main.mjs'].replace("import { marked } from './one.mjs'", "const { marked } = await import('./one.mjs')")}`,
      'one.mjs': FILES['one.mjs'],
    });
    await mkdir(join(app.folder, 'mine'), { mode: 0o700 });
    await mkdir(join(app.folder, 'theirs', 'cache'), { recursive: true });
    await symlink('mine', join(app.folder, 'link'));
    const args = server.args({ cache_dir: join(app.folder, 'link/cache') });
    expect(await app.run('main.mjs', { args })).toMatchObject({ stdout: '3\n', stderr: '' });
    expect(await readdir(join(app.folder, 'theirs/cache'))).toEqual([]);
    expect((await readdir(join(app.folder, 'mine/cache'))).some((name) => name.endsWith('.edits'))).toBe(
      true,
    );
  });

  it.runIf(maySwitch)('I44: is not read back from files of other users', async () => {
    await using server = await startFakeServer();
    await using app = await makeApp(FILES);
    const folder = join(app.folder, 'cache');
    const args = server.args({ cache_dir: folder });
    await app.run('main.mjs', { args });
    await app.lines();
    for (const name of await readdir(folder)) await chown(join(folder, name), OTHER, OTHER);
    await server.stop();
    const run = await app.run('main.mjs', { args });
    expect(run).toMatchObject({ code: 0, stdout: '3\n' });
    expect(run.stderr).toMatch(/untraced\n$/);
    expect(await app.seenNames()).toEqual([]);
  });
});

describe('the server of a process tree', () => {
  it.runIf(maySwitch)('I44: is out of reach for another user, who knows socket and token', async () => {
    await using extension = await makeExtension();
    await using app = await makeApp({
      'main.cjs': [
        'function marked() {}',
        'marked();',
        'console.log(process.env.DISTRACE_TREE);',
        'const timer = setInterval(() => require("node:fs").existsSync("go") && clearInterval(timer), 20);',
      ].join('\n'),
    });
    const args = `server_entry=${SERVER_ENTRY};extensions=${extension.folder};service=app;timeout_ms=20000`;
    const { child, ended } = app.start('main.cjs', { args });
    const tree = await new Promise<string>((resolve) => {
      child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    });
    const { socketPath, token } = JSON.parse(Buffer.from(tree, 'base64url').toString()) as {
      readonly socketPath: string;
      readonly token: string;
    };
    expect(existsSync(socketPath)).toBe(true);

    const connect = `require('node:http').get({ socketPath: process.argv[1], path: '/v1/stats',
      headers: { authorization: 'Bearer ' + process.argv[2] } }, ({ statusCode }) => console.log(statusCode))
      .on('error', ({ code }) => console.log(code));`;
    expect(await asOther(connect, socketPath, token)).toBe('EACCES\n');
    const look = `try { require('node:fs').readdirSync(process.argv[1]); } catch ({ code }) { console.log(code); }`;
    expect(await asOther(look, dirname(socketPath))).toBe('EACCES\n');
    const swap = `try { require('node:fs').renameSync(process.argv[1], process.argv[1] + '-x'); } catch ({ code }) { console.log(code); }`;
    expect(await asOther(swap, dirname(socketPath))).toMatch(/^E(?:PERM|ACCES)\n$/);

    await writeFile(join(app.folder, 'go'), '');
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
    expect(await app.seenNames()).toEqual(['marked']);
  });

  it('I44: says so when its socket lies where others can put another one', async () => {
    await using extension = await makeExtension();
    await using app = await makeApp({ 'main.cjs': 'function marked() {}\nmarked();' });
    const open = join(app.folder, 'open');
    await mkdir(open);
    await chmod(open, 0o777);
    const args = `server_entry=${SERVER_ENTRY};extensions=${extension.folder};service=app;timeout_ms=20000`;
    const run = await app.run('main.cjs', { args, env: { TMPDIR: open } });
    expect(run).toMatchObject({ code: 0 });
    expect(run.stderr).toMatch(
      /^distrace: DT_ERR_AGENT_LOCAL_SERVER: [^\n]+ which has mode 777; set TMPDIR=[^\n]+\n$/,
    );
    expect(await app.seenNames()).toEqual(['marked']);
  });
});
