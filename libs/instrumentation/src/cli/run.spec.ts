import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openSigned, publicKeyOf, readPackFile, signText } from '../wire/index.js';
import type { Manifest, Pack } from '../wire/index.js';
import { exampleFolder, run } from './cli.spec.helper.js';
import { removeFolders } from '../services/extension.spec.helper.js';

const FILE = 'shop/dist/orders.js';

afterEach(removeFolders);

describe('distrace weave', () => {
  it('prints what is inserted as a diff that keeps every line where it was', async () => {
    const folder = await exampleFolder();
    const { exitCode, out, err } = await run(folder, ['weave', 'shop/dist/orders.js', '--rules', './ext']);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toMatch(
      /^--- a\/shop\/dist\/orders\.js\n\+\+\+ b\/shop\/dist\/orders\.js\n@@ -1,7 \+1,7 @@\n/,
    );
    expect(out.match(/^-[^-]/gm)?.length).toBe(out.match(/^\+[^+]/gm)?.length);
  });

  it('says so where nothing is woven, and prints nothing', async () => {
    const folder = await exampleFolder();
    expect(await run(folder, ['weave', 'shop/dist/plain.js', '--rules', './ext'])).toEqual({
      exitCode: 0,
      out: '',
      err: 'nothing to weave; distrace doctor says why\n',
    });
  });

  it('says what it cannot weave and why', async () => {
    const folder = await exampleFolder({ 'shop/dist/broken.js': 'class Orders { place( {} }' });
    const { err } = await run(folder, ['weave', 'shop/dist/broken.js', '--rules', './ext']);
    expect(err).toContain('stays as it is: the file: ');
  });
});

describe('distrace', () => {
  it.each([
    [['weave', 'x.js'], "required option '--rules <extension>' not specified"],
    [['weave'], "missing required argument 'file'"],
    [['weave', 'x.js', '--rules', 'ext', '--nonsense'], "unknown option '--nonsense'"],
    [['weave', 'x.js', '--ruels', 'ext'], "unknown option '--ruels' (Did you mean --rules?)"],
    [['weave', 'x.js', '--extension', 'ext'], "unknown option '--extension' (Did you mean --rules?)"],
    [
      ['weave', 'x.js', '--rules', ''],
      "option '--rules <extension>' argument '' is invalid. It must not be empty.",
    ],
    [['nonsense'], "unknown command 'nonsense'"],
    [['dctor'], "unknown command 'dctor' (Did you mean doctor?)"],
    [['pack', 'bild'], "unknown command 'bild' (Did you mean build?)"],
    [['help', 'nonsense'], "unknown command 'nonsense'"],
    [['help', 'pack', 'bild'], "unknown command 'bild' (did you mean build?)"],
    [['doctor', FILE, '--server', 'nowhere'], 'DT_ERR_CLI_CONNECTION --server is host:port, …'],
    [
      ['doctor', FILE, '--service='],
      "option '--service <name>' argument '' is invalid. It must not be empty.",
    ],
    [
      ['pack', 'build', 'a', '--rules', 'b', '--service', 'c', '--key', 'd'],
      "required option '--out <file>' not specified",
    ],
    [['pack', 'build', 'a', '--valid-days', '0'], "option '--valid-days <days>' argument '0' is invalid. …"],
    [
      ['pack', 'build', 'a', '--valid-days', '1e9'],
      "option '--valid-days <days>' argument '1e9' is invalid. …",
    ],
    [['keys', 'create', '--out='], "option '--out <folder>' argument '' is invalid. It must not be empty."],
  ])('ends with 2 and one line when asked for wrongly: %j', async (args, line) => {
    const { exitCode, out, err } = await run(await exampleFolder(), args);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    const shown = line.endsWith('…') ? err.slice(0, `distrace: ${line}`.length - 1) + '…' : err.trimEnd();
    expect(shown).toBe(`distrace: ${line}`);
  });

  it.each([
    [['weave', 'none.js', '--rules', './ext'], 'DT_ERR_CLI_FILE'],
    [['doctor', 'shop/package.json'], 'DT_ERR_CLI_FILE'],
    [
      ['doctor', 'shop/src/orders.ts'],
      'DT_ERR_CLI_FILE .* TypeScript whose types Node strips itself is never woven',
    ],
    [['weave', 'orders.mts', '--rules', './ext'], 'DT_ERR_CLI_FILE .* is never woven'],
    [['weave', 'shop/dist/orders.js', '--rules', './none'], 'DT_ERR_EXTENSION'],
    [['weave', 'shop/dist/orders.js', '--rules', './shop'], 'DT_ERR_CLI_NO_RULES'],
    [['doctor', 'shop/dist/orders.js', '--server', '127.0.0.1:1'], 'DT_ERR_CLI_SERVER'],
    [
      ['pack', 'build', 'shop', '--rules', './ext', '--service', 's', '--key', 'none.key', '--out', 'p'],
      'DT_ERR_CLI_KEY_FILE',
    ],
    [
      packOf('nowhere'),
      'DT_ERR_CLI_FILE FOLDER must be a folder that can be read, got .*nowhere, which is not there',
    ],
    [packOf('shop/package.json'), 'DT_ERR_CLI_FILE .*package.json, which is none'],
  ])('ends with 1 and one line when it cannot be done: %j', async (args, code) => {
    const folder = await exampleFolder({ 'any.key': 'a key' });
    const { exitCode, err } = await run(folder, args);
    expect(exitCode).toBe(1);
    expect(err).toMatch(new RegExp(`^distrace: ${code}.*\n$`));
  });

  it('I11: names the line of a rule that cannot work', async () => {
    const folder = await exampleFolder({ 'ext/META-INF/services/Interceptor': '\n./index.js#odrers\n' });
    const { exitCode, err } = await run(folder, ['weave', 'shop/dist/orders.js', '--rules', './ext']);
    expect(exitCode).toBe(1);
    expect(err).toContain(`${join(folder, 'ext/META-INF/services/Interceptor')}:2: `);
  });

  it.each([
    [['--help'], 'Usage: distrace [options]'],
    [['help'], 'Usage: distrace [options]'],
    [['help', 'weave'], 'Usage: distrace weave [options] <file>'],
    [['help', 'pack', 'build'], 'Usage: distrace pack build [options] <folder...>'],
    [['pack', 'build', '--help'], 'Usage: distrace pack build [options] <folder...>'],
  ])('shows help for %j and ends with 0', async (args, start) => {
    const { exitCode, out, err } = await run('/', args);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toContain(start);
  });

  it.each([[[]], [['pack']], [['keys']]])(
    'shows help for %j and ends with 2, as nothing was asked for',
    async (args) => {
      const { exitCode, out, err } = await run('/', args);
      expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
      expect(err).toContain('Usage: distrace');
    },
  );

  it('prints its version', async () => {
    const { exitCode, out } = await run('/', ['--version']);
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });
});

describe('distrace keys create', () => {
  it('makes a pair that signs and verifies, in files that only their owner reads', async () => {
    const folder = await exampleFolder();
    const { exitCode, out } = await run(folder, ['keys', 'create', '--out', 'keys']);
    expect(exitCode).toBe(0);
    const [secret, open] = await Promise.all(
      ['keys/distrace.key', 'keys/distrace.pub'].map((file) => readFile(join(folder, file), 'utf8')),
    );
    expect(out).toContain(open!.trim());
    expect(openSigned('pack', signText('pack', 'text', secret!), [open!.trim()])).toBe('text');
    const modes = await Promise.all(
      ['keys', 'keys/distrace.key', 'keys/distrace.pub'].map(
        async (file) => (await stat(join(folder, file))).mode,
      ),
    );
    expect(modes.map((mode) => mode & 0o777)).toEqual([0o700, 0o600, 0o644]);
  });

  it('overwrites no key', async () => {
    const folder = await exampleFolder();
    await run(folder, ['keys', 'create']);
    const before = await readFile(join(folder, 'distrace.key'), 'utf8');
    expect(await run(folder, ['keys', 'create'])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('DT_ERR_CLI_KEY_FILE'),
    });
    expect(await readFile(join(folder, 'distrace.key'), 'utf8')).toBe(before);
  });
});

describe('distrace pack build', () => {
  it(
    'puts manifest, bundle and the edits of all marked files into one signed file',
    { timeout: 120_000 },
    async () => {
      const folder = await exampleFolder();
      await run(folder, ['keys', 'create']);
      const args = ['--rules', './ext', '--service', 'shop', '--key', 'distrace.key', '--out', 'shop.pack'];
      const built = await run(folder, ['pack', 'build', 'shop', ...args, '--valid-days', '2'], {
        nowMs: 1000,
      });
      expect(built.exitCode, built.err).toBe(0);
      expect(built.out).toMatch(/^shop\.pack: 1 of 1 candidate files woven, \d+ bytes\n$/);
      expect(built.err).toBe(
        'matches nothing in these folders: typo (looked into 1 of its packages and paths: see distrace doctor FILE)\n' +
          'matches nothing in these folders: express (no file is of its packages and paths and has its names)\n',
      );

      const parts = readPackFile(await readFile(join(folder, 'shop.pack'), 'utf8'));
      const key = publicKeyOf(await readFile(join(folder, 'distrace.key'), 'utf8'));
      const manifest = JSON.parse(openSigned('manifest', parts.manifest, [key])) as Manifest;
      const pack = JSON.parse(openSigned('pack', parts.pack, [key])) as Pack;
      expect(manifest).toMatchObject({ service: 'shop', serial: 1000, expiresAtMs: 1000 + 2 * 86_400_000 });
      expect(manifest.rules.map(({ name, enabled }) => [name, enabled])).toEqual([
        ['orders', true],
        ['typo', true],
        ['express', true],
      ]);
      expect(manifest.bundle.sizeBytes).toBe(Buffer.byteLength(parts.bundle));
      expect(pack.rulesHash).toBe(manifest.rulesHash);
      const [[name, edits] = []] = Object.entries(pack.files);
      expect(name).toMatch(/^[0-9a-f]{64} cjs shop@2\.1\.0\/dist\/orders\.js$/);
      expect(edits?.probes.map((probe) => probe.function)).toEqual(['Orders.place', 'Orders.cancel']);
    },
  );

  it('refuses to write a pack in which nothing is woven, unless told to', { timeout: 120_000 }, async () => {
    const folder = await exampleFolder({ 'shop/dist/orders.js': 'exports.Orders = function place() {};' });
    await run(folder, ['keys', 'create']);
    const args = [...packOf('shop').slice(0, -4), '--key', 'distrace.key', '--out', 'p'];
    const refused = await run(folder, args);
    expect(refused).toMatchObject({ exitCode: 1, out: '' });
    expect(refused.err).toContain(
      'matches nothing in these folders: orders (looked into 1 of its packages and paths: see distrace doctor FILE)\n',
    );
    expect(refused.err).toContain('distrace: DT_ERR_CLI_PACK_EMPTY ');
    expect(refused.err).toContain('none of 3 scripts in shop is woven');
    await expect(stat(join(folder, 'p'))).rejects.toThrow('ENOENT');
    const written = await run(folder, [...args, '--allow-empty']);
    expect(written).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(/^p: 0 of 1 candidate files woven/),
    });
  });
});

function packOf(folder: string): readonly string[] {
  return ['pack', 'build', folder, '--rules', './ext', '--service', 's', '--key', 'any.key', '--out', 'p'];
}
