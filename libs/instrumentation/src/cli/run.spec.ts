import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openSigned, publicKeyOf, readPackFile, signText } from '../wire/index.js';
import type { Manifest, Pack } from '../wire/index.js';
import { exampleFolder, run } from './cli.spec.helper.js';
import { removeFolders } from '../services/extension.spec.helper.js';

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
    [['weave', 'x.js'], /^distrace: required option '--rules <extension>' not specified\n$/],
    [['weave', 'x.js', '--rules', 'ext', '--nonsense'], /^distrace: unknown option '--nonsense'\n$/],
    [['nonsense'], /^distrace: unknown command 'nonsense'\n$/],
    [['doctor', 'shop/dist/orders.js', '--server', 'nowhere'], /^distrace: DT_ERR_CLI_CONNECTION .*\n$/],
    [
      [
        'pack',
        'build',
        'a',
        '--rules',
        'b',
        '--service',
        'c',
        '--key',
        'd',
        '--out',
        'e',
        '--valid-days',
        '0',
      ],
      /^distrace: .*valid-days.*\n$/,
    ],
  ])('ends with 2 and one line when asked for wrongly: %j', async (args, line) => {
    const { exitCode, err } = await run(await exampleFolder(), args);
    expect(exitCode).toBe(2);
    expect(err).toMatch(line);
  });

  it.each([
    [['weave', 'none.js', '--rules', './ext'], 'DT_ERR_CLI_FILE'],
    [['doctor', 'shop/package.json'], 'DT_ERR_CLI_FILE'],
    [['weave', 'shop/dist/orders.js', '--rules', './none'], 'DT_ERR_EXTENSION'],
    [['weave', 'shop/dist/orders.js', '--rules', './shop'], 'DT_ERR_CLI_NO_RULES'],
    [['doctor', 'shop/dist/orders.js', '--server', '127.0.0.1:1'], 'DT_ERR_CLI_SERVER'],
    [
      ['pack', 'build', 'shop', '--rules', './ext', '--service', 's', '--key', 'none.key', '--out', 'p'],
      'DT_ERR_CLI_KEY_FILE',
    ],
  ])('ends with 1 and one line when it cannot be done: %j', async (args, code) => {
    const { exitCode, err } = await run(await exampleFolder(), args);
    expect(exitCode).toBe(1);
    expect(err).toMatch(new RegExp(`^distrace: ${code} .*\n$`));
  });

  it('I11: names the line of a rule that cannot work', async () => {
    const folder = await exampleFolder({ 'ext/META-INF/services/Interceptor': '\n./index.js#odrers\n' });
    const { exitCode, err } = await run(folder, ['weave', 'shop/dist/orders.js', '--rules', './ext']);
    expect(exitCode).toBe(1);
    expect(err).toContain(`${join(folder, 'ext/META-INF/services/Interceptor')}:2: `);
  });

  it('shows help and ends with 0', async () => {
    const { exitCode, out } = await run('/', ['--help']);
    expect(exitCode).toBe(0);
    expect(out).toContain('Usage: distrace');
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
    expect(modes.map((mode) => mode & 0o777)).toEqual([0o700, 0o600, 0o600]);
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
        'matches nothing in these folders: typo\nmatches nothing in these folders: express\n',
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
});
