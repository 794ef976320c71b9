import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKeyPair, WEAVER } from '@distrace/instrumentation/wire';
import { makeCertificate } from './support/certificates.ts';
import { COUNTING_BUNDLE, startFakeServer } from './support/fake-server.ts';
import type { FakeServerOptions } from './support/fake-server.ts';
import { makeApp } from './support/run-app.ts';
import type { AppRun, TestApp } from './support/run-app.ts';

const FILES = {
  'main.mjs': "import { marked } from './one.mjs';\nconsole.log(marked(2));",
  'one.mjs': 'export function marked(a) {\n  if (a > 100) throw new Error("guard");\n  return a + 1;\n}\n',
};

async function expectRefused(app: TestApp, run: AppRun, code = 'DT_ERR_AGENT_REFUSED'): Promise<void> {
  expect(run).toMatchObject({ code: 0, stdout: '3\n' });
  expect(run.stderr).toMatch(new RegExp(`^distrace: ${code}: [^\\n]+\\n$`));
  expect(await app.seenNames()).toEqual([]);
}

/** Traced by questions about each file, after one warning. */
async function expectWithoutPack(app: TestApp, run: AppRun): Promise<void> {
  expect(run).toMatchObject({ code: 0, stdout: '3\n' });
  expect(run.stderr).toMatch(/^distrace: DT_ERR_AGENT_PACK: [^\n]+ asked for one by one\n$/);
  expect(await app.seenNames()).toEqual(['marked']);
}

/** The text with one bit of its character at `at` (negative: from its end) turned. */
function turned(text: string, at: number): string {
  const index = at < 0 ? text.length + at : at;
  return text.slice(0, index) + String.fromCharCode(text.charCodeAt(index) ^ 1) + text.slice(index + 1);
}

/** From the first character to the last, the header among them. */
const PLACES = [0, 5, 20, 40, 60, 90, 150, 200, -400, -200, -60, -10, -2, -1];

describe('what a server sends', () => {
  it.each(PLACES)('I41: is refused when one bit of the manifest is wrong, at %i', async (at) => {
    await using server = await startFakeServer({
      changeAnswer: (answer) => ({ ...answer, manifest: turned(answer.manifest ?? '', at) }),
    });
    await using app = await makeApp(FILES);
    await expectRefused(app, await app.run('main.mjs', { args: server.args() }));
  });

  it.each([0, 100, -1])('I41: is refused when one bit of the bundle is wrong, at %i', async (at) => {
    await using server = await startFakeServer({
      changeAnswer: (answer) => ({ ...answer, bundle: turned(answer.bundle ?? '', at) }),
    });
    await using app = await makeApp(FILES);
    await expectRefused(app, await app.run('main.mjs', { args: server.args() }));
  });

  it.each(PLACES.filter((at) => at > -200))(
    'I41: is refused when one bit of the pack is wrong, and files are asked for one by one, at %i',
    async (at) => {
      await using server = await startFakeServer({
        changeAnswer: (answer) => ({ ...answer, pack: turned(answer.pack ?? '', at) }),
      });
      await using app = await makeApp(FILES);
      await expectWithoutPack(app, await app.run('main.mjs', { args: server.args() }));
    },
  );

  it.each(PLACES.filter((at) => at > -200))(
    'I41: is refused when one bit of edits is wrong, at %i',
    async (at) => {
      await using server = await startFakeServer({
        changeInstrument: (answer) =>
          'edits' in answer ? { ...answer, edits: turned(answer.edits, at) } : answer,
      });
      await using app = await makeApp(FILES);
      await expectRefused(app, await app.run('main.mjs', { args: server.args() }), 'DT_ERR_AGENT_[A-Z_]+');
    },
  );

  it.each<[string, FakeServerOptions]>([
    ['has expired', { changeManifest: (manifest) => ({ ...manifest, expiresAtMs: Date.now() - 1 }) }],
    [
      'is of the future',
      { changeManifest: (manifest) => ({ ...manifest, issuedAtMs: Date.now() + 3_600_000 }) },
    ],
    ['is for another service', { changeManifest: (manifest) => ({ ...manifest, service: 'other' }) }],
    [
      'names another bundle',
      { changeManifest: (manifest) => ({ ...manifest, bundle: { sha256: '0'.repeat(64), sizeBytes: 1 } }) },
    ],
    ['is a pack', { changeAnswer: (answer) => ({ ...answer, manifest: answer.pack }) }],
  ])('I41: is refused when the manifest %s', async (_, options) => {
    await using server = await startFakeServer(options);
    await using app = await makeApp(FILES);
    await expectRefused(app, await app.run('main.mjs', { args: server.args() }));
  });

  it('I41: is refused when its key is not pinned, and followed when it is one of two', async () => {
    await using server = await startFakeServer();
    await using app = await makeApp(FILES);
    const other = createKeyPair().publicKey;
    await expectRefused(app, await app.run('main.mjs', { args: server.args({ public_key: other }) }));
    const both = server.args({ public_key: `${other},${server.keys.publicKey}` });
    expect(await app.run('main.mjs', { args: both })).toMatchObject({ stdout: '3\n', stderr: '' });
    expect(await app.seenNames()).toEqual(['marked']);
    await writeFile(join(app.folder, 'keys'), `${other}\n${server.keys.publicKey}\n`);
    const inFile = server.args({ public_key: `@${join(app.folder, 'keys')}` });
    expect(await app.run('main.mjs', { args: inFile })).toMatchObject({ stdout: '3\n', stderr: '' });
    expect(await app.seenNames()).toEqual(['marked']);
  });

  it('I41: is refused when it goes back behind what was accepted last; that is followed instead', async () => {
    await using server = await startFakeServer();
    server.serial = 7;
    await using app = await makeApp(FILES);
    await app.run('main.mjs', { args: server.args() });
    await app.lines();
    server.serial = 6;
    server.options = { bundle: COUNTING_BUNDLE.replaceAll('say({ name', 'say({ old: true, name') };

    const run = await app.run('main.mjs', { args: server.args() });

    expect(run.stderr).toMatch(
      /^distrace: DT_ERR_AGENT_REFUSED: [^\n]*none older than the last, 7, got 6[^\n]*\n$/,
    );
    expect(await app.seen()).toEqual([expect.not.objectContaining({ old: true })]);
  });

  it('I41: is refused when a bit has turned on the disk', async () => {
    await using server = await startFakeServer();
    await using app = await makeApp(FILES);
    const args = server.args({ poll_interval_ms: '0' });
    await app.run('main.mjs', { args });
    await app.lines();
    await server.stop();
    const folder = join(app.folder, '.cache/distrace/agent');
    const names = await readdir(folder);
    const damage = async (ending: string) => {
      const path = join(folder, names.find((name) => name.endsWith(ending)) ?? '');
      await writeFile(path, turned(await readFile(path, 'latin1'), -20), 'latin1');
    };

    await damage('.edits');
    const withoutEdits = await app.run('main.mjs', { args });
    expect(withoutEdits.stdout).toBe('3\n');
    expect(await app.seenNames()).toEqual([]);
    await damage('.cjs');
    await expectRefused(app, await app.run('main.mjs', { args }), 'DT_ERR_AGENT_NO_ANSWER');
  });

  it.each<[string, FakeServerOptions['changeEdits']]>([
    [
      'skips a guard',
      (list, source) => ({ ...list, edits: [[source.indexOf('return'), 'run', 0], list.edits.at(-1)!] }),
    ],
    [
      'ends before the end',
      (list, source) => ({ ...list, edits: [list.edits[0]!, [source.indexOf('return'), 'end', 0]] }),
    ],
    ['opens and does not close', (list) => ({ ...list, edits: [list.edits[0]!] })],
    [
      'takes names from elsewhere',
      (list) => ({ ...list, edits: [[...list.edits[0]!.slice(0, 3), [[0, 6]]] as never, list.edits[1]!] }),
    ],
    [
      'has a kind that is in no table',
      (list) => ({ ...list, edits: [[list.edits[0]![0], 'exit', 0], list.edits[1]!] }),
    ],
    ['is for another source', (list) => ({ ...list, source: '0'.repeat(64) })],
    ['is of another weaver', (list) => ({ ...list, weaver: WEAVER + 1 })],
  ])('I42: is refused when an edit list, though signed, %s', async (_, changeEdits) => {
    await using server = await startFakeServer({ changeEdits });
    await using app = await makeApp(FILES);
    await expectRefused(app, await app.run('main.mjs', { args: server.args({ verify: 'parse' }) }));
  });

  it('I42: is followed with verify=parse when each insertion stands where a body begins and ends', async () => {
    await using server = await startFakeServer();
    await using app = await makeApp(FILES);
    expect(await app.run('main.mjs', { args: server.args({ verify: 'parse' }) })).toMatchObject({
      stdout: '3\n',
      stderr: '',
    });
    expect(await app.seenNames()).toEqual(['marked']);
  });
});

describe('where an agent asks', () => {
  it.each(['server.example:8126', 'http://server.example:8126', '10.1.2.3:8126'])(
    'I44: is not plain TCP beyond this machine without insecure=true: %s',
    async (connection) => {
      await using app = await makeApp(FILES);
      const args = `connection=${connection};public_key=${createKeyPair().publicKey}`;
      await expectRefused(app, await app.run('main.mjs', { args }), 'DT_ERR_AGENT_ARGS');
    },
  );

  it('I44: is not where a redirect points', async () => {
    await using other = await startFakeServer();
    await using server = await startFakeServer({
      keys: other.keys,
      instead: ({ url }, response) => {
        response.writeHead(308, { location: `http://127.0.0.1:${other.port}${url}` });
        response.end();
        return true;
      },
    });
    await using app = await makeApp(FILES);
    await expectRefused(app, await app.run('main.mjs', { args: server.args() }), 'DT_ERR_AGENT_NO_ANSWER');
    expect(other.requests).toEqual([]);
  });

  it('I44: is TLS beyond this machine, of a certificate that Node trusts, and parses what is woven', async () => {
    await using app = await makeApp(FILES);
    const certificate = await makeCertificate(app.folder);
    await using server = await startFakeServer({
      tls: certificate,
      // Only a parse of the source finds this.
      changeEdits: (list, source) =>
        source.includes('guard')
          ? { ...list, edits: [[source.indexOf('return'), 'run', 0], list.edits.at(-1)!] }
          : list,
    });
    const args = server.args({ connection: `https://localhost:${server.port}`, verify: 'parse' });

    await expectRefused(app, await app.run('main.mjs', { args }), 'DT_ERR_AGENT_NO_ANSWER');
    const trusting = { args, env: { NODE_EXTRA_CA_CERTS: join(app.folder, 'cert.pem') } };
    await expectRefused(app, await app.run('main.mjs', trusting));
    server.options = { tls: certificate };
    server.serial += 1;
    expect(await app.run('main.mjs', trusting)).toMatchObject({ stdout: '3\n', stderr: '' });
    expect(await app.seenNames()).toEqual(['marked']);
  });

  it.each(['open to others', 'a link'])('I44: keeps nothing in a cache folder that is %s', async (kind) => {
    await using server = await startFakeServer();
    await using app = await makeApp(FILES);
    const folder = join(app.folder, 'cache');
    if (kind === 'a link') {
      await mkdir(join(app.folder, 'theirs'), { mode: 0o700 });
      await symlink(join(app.folder, 'theirs'), folder);
    } else {
      await mkdir(folder);
      await chmod(folder, 0o777);
    }

    const run = await app.run('main.mjs', { args: server.args({ cache_dir: folder }) });

    expect(run).toMatchObject({ code: 0, stdout: '3\n' });
    expect(run.stderr).toMatch(/^distrace: DT_ERR_AGENT_CACHE_DIR: [^\n]+\n$/);
    expect(await app.seenNames()).toEqual(['marked']);
    expect(await readdir(folder)).toEqual([]);
  });

  it('I45: learns no absolute path, no value of the environment and no source without a mark', async () => {
    await using server = await startFakeServer();
    await using app = await makeApp({
      ...FILES,
      'main.mjs': `import './plain.mjs';\n${FILES['main.mjs']}\nawait new Promise((resolve) => setTimeout(resolve, 300));`,
      'plain.mjs': "export const secret = 'text of a module without a rule';",
    });

    await app.run('main.mjs', {
      args: server.args({ process_facts: 'true', token: 'a-token-of-the-agent' }),
      env: { SECRET: 'value-of-the-environment' },
    });

    const wire = server.requests
      .map(({ headers, text, url }) => JSON.stringify([url, headers, text]))
      .join('\n');
    expect(server.requests.length).toBeGreaterThan(2);
    expect(wire).toContain('guard');
    expect(wire).not.toContain(app.folder);
    expect(wire).not.toContain('value-of-the-environment');
    expect(wire).not.toContain('without a rule');
    expect(wire.replaceAll(/"(?:\/v1\/\w+|application\/json)"/g, '')).not.toMatch(
      /(?<![\w.@:])\/(?:tmp|root|home|work|usr)\b/,
    );
  });

  it('I45: learns no source at all with upload=never', async () => {
    await using server = await startFakeServer();
    await using app = await makeApp(FILES);
    const run = await app.run('main.mjs', { args: server.args({ upload: 'never' }) });
    expect(run).toMatchObject({ stdout: '3\n', stderr: '' });
    expect(server.requests.filter(({ url }) => url === '/v1/instrument')).toHaveLength(2);
    expect(server.requests.some(({ text }) => text.includes('guard') || text.includes('"text"'))).toBe(false);
  });

  it('learns nothing of a package that is to be ignored', async () => {
    await using server = await startFakeServer();
    await using app = await makeApp(FILES);
    expect(await app.run('main.mjs', { args: server.args({ ignore: 'other, app' }) })).toMatchObject({
      stdout: '3\n',
    });
    expect(server.requests.filter(({ url }) => url === '/v1/instrument')).toEqual([]);
  });
});
