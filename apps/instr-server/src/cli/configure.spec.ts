import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyPair } from '@distrace/instrumentation/wire';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cleanWith, tempFolder } from '../testing.spec.helper.js';
import { configure } from './configure.js';
import { helpText, SETTINGS, variableOf } from './settings.js';

cleanWith(onTestFinished);

const ONE = ['--extensions', './a'];

function privateFile(text: string, mode = 0o600): string {
  const path = join(tempFolder(), 'file');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe('configure', () => {
  it('listens on this machine only unless told otherwise', () => {
    const { listen, options } = configure(ONE, {});
    expect(listen).toEqual({ port: 8126, host: undefined, insecurePlainTcp: false, tls: undefined });
    expect(options).toMatchObject({ extensions: ['./a'], tokens: [], publisherKeys: [] });
  });

  it('takes lists, numbers and flags from the command line, and what is missing from the environment', () => {
    const argv = [...ONE, '--port', '0', '--watch', '--source-roots', '/a, /b', '--weave-timeout-ms=500'];
    const env = { DISTRACE_SERVER_PORT: '1', DISTRACE_SERVER_HOST: '::1', DISTRACE_SERVER_WORKERS: '3' };
    const { listen, options } = configure(argv, env);
    expect(listen).toMatchObject({ port: 0, host: '::1' });
    expect(options).toMatchObject({
      watch: true,
      sourceRoots: ['/a', '/b'],
      weaveTimeoutMs: 500,
      workers: 3,
    });
    expect(configure([], { DISTRACE_SERVER_EXTENSIONS: 'a,b' }).options.extensions).toEqual(['a', 'b']);
    expect(configure([...ONE, '--socket', '/x/s'], {}).listen).toMatchObject({ socket: '/x/s' });
  });

  it('takes polls from ten a second to one a day', () => {
    for (const pollIntervalMs of [100, 86_400_000]) {
      const argv = [...ONE, '--poll-interval-ms', String(pollIntervalMs)];
      expect(configure(argv, {}).options).toMatchObject({ pollIntervalMs });
    }
  });

  it('reads key and tokens from files that only their owner can read', () => {
    const { privateKey } = createKeyPair();
    const tokens = [{ token: 'a-token-0123456789', role: 'agent', service: 'shop' }];
    const files = [
      '--key-file',
      privateFile(privateKey),
      '--tokens-file',
      privateFile(JSON.stringify(tokens)),
    ];
    expect(configure([...ONE, ...files], {}).options).toMatchObject({ privateKey, tokens });
    expect(() => configure([...ONE, '--key-file', privateFile(privateKey, 0o644)], {})).toThrow(
      'it has mode 0644',
    );
    expect(() => configure([...ONE, '--key-file', '/nowhere'], {})).toThrow('ENOENT');
  });

  it.each([
    ['no extension', [], '--extensions (DISTRACE_SERVER_EXTENSIONS) must be'],
    ['an option that is none', [...ONE, '--extension', 'x'], "Unknown option '--extension'"],
    ['a word too many', [...ONE, 'x'], 'x'],
    ['a port that is none', [...ONE, '--port', '65536'], 'must be a port'],
    ['a number that is none', [...ONE, '--workers', 'many'], 'must be a whole number'],
    ['polls too often', [...ONE, '--poll-interval-ms', '99'], 'from 100 to 86400000'],
    [
      'polls that no timer can wait for',
      [...ONE, '--poll-interval-ms', '9999999999'],
      'from 100 to 86400000',
    ],
    ['half of TLS', [...ONE, '--tls-cert', '/x'], '--tls-key'],
    ['clients without TLS', [...ONE, '--tls-client-ca', '/x'], 'together with'],
    ['another place for sources', [...ONE, '--keep-sources', 'tape'], 'disk or memory'],
  ])('says what is wrong with %s', (_, argv, message) => {
    expect(() => configure(argv, {})).toThrow(expect.objectContaining({ code: 'DT_ERR_SERVER_OPTION' }));
    expect(() => configure(argv, {})).toThrow(message);
  });

  it.each([
    'no JSON',
    '[]',
    '{}',
    '[{"token":"short","role":"agent"}]',
    '[{"token":"a-token-0123456789","role":"root"}]',
  ])('refuses %s as tokens without repeating it', (text) => {
    const act = () => configure([...ONE, '--tokens-file', privateFile(text)], {});
    expect(act).toThrow('must be a JSON list');
    expect(act).not.toThrow('a-token');
  });

  it('has a row of the reference and a line of help for each setting', () => {
    const page = readFileSync(new URL('../../../../docs/reference/instr-server.md', import.meta.url), 'utf8');
    for (const { name } of SETTINGS) {
      expect(page).toContain(`\`--${name}\``);
      expect(helpText()).toContain(`--${name} `);
    }
  });

  it('has a variable for each setting', () => {
    expect(new Set(SETTINGS.map(({ name }) => variableOf(name))).size).toBe(SETTINGS.length);
    expect(variableOf('key-file')).toBe('DISTRACE_SERVER_KEY_FILE');
  });
});
