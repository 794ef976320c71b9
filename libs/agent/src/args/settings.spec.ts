import { describe, expect, it } from 'vitest';
import { createKeyPair } from '@distrace/instrumentation/wire';
import { readSettings } from './read-settings.js';

const KEY = createKeyPair().publicKey;
const BASE = `connection=127.0.0.1:8126;public_key=${KEY}`;

const read = (args: string, env: Record<string, string> = {}, files: Record<string, string> = {}) =>
  readSettings({ DISTRACE_ARGS: args, ...env }, (path) => {
    const text = files[path];
    if (text === undefined) throw new Error(`ENOENT: ${path}`);
    return text;
  });

describe('the arguments of the agent', () => {
  it('I46: have a default each', () => {
    expect(read(BASE)).toEqual({
      connection: { kind: 'tcp', host: '127.0.0.1', port: 8126, tls: false },
      serverEntry: undefined,
      serverMain: undefined,
      extensions: [],
      service: undefined,
      spanExporter: undefined,
      stackTraces: false,
      timeoutMs: 300,
      onError: 'passthrough',
      token: undefined,
      publicKey: KEY,
      verify: 'signature',
      upload: 'marked',
      insecure: false,
      cacheDir: undefined,
      ignore: [],
      pollIntervalMs: undefined,
      processFacts: false,
      logLevel: 'warn',
      logDir: undefined,
      dumpDir: undefined,
      exitFlushMs: 300,
    });
  });

  it('I46: default to a server of their own, and to a parse beyond this machine', () => {
    expect(read('server_entry=/srv/main.js').connection).toEqual({ kind: 'ipc' });
    expect(read(`connection=https://server.example;public_key=${KEY}`)).toMatchObject({
      connection: { kind: 'tcp', host: 'server.example', port: 443, tls: true },
      verify: 'parse',
    });
    expect(read(`connection=unix:/run/d.sock;public_key=${KEY}`).verify).toBe('signature');
  });

  it.each([
    ['connection=ipc', { kind: 'ipc' }],
    ['connection=localhost:1', { kind: 'tcp', host: 'localhost', port: 1, tls: false }],
    ['connection=[::1]:65535', { kind: 'tcp', host: '::1', port: 65_535, tls: false }],
    ['connection=http://127.0.0.9:80', { kind: 'tcp', host: '127.0.0.9', port: 80, tls: false }],
    ['connection=https://a.example:8443/', { kind: 'tcp', host: 'a.example', port: 8443, tls: true }],
    ['connection=unix:/run/a.sock', { kind: 'unix', path: '/run/a.sock' }],
    ['connection=file:/srv/app.pack', { kind: 'file', path: '/srv/app.pack' }],
  ])('I46: read %s', (text, connection) => {
    expect(read(`${text};public_key=${KEY};server_entry=/srv/main.js`).connection).toEqual(connection);
  });

  it('I46: are read with the names of the thesis as well', () => {
    const settings = read(
      'instrumentor_server_jar=/srv;instrumentor_server_cp=./a,b;instrumentor_main_class=main.js;connection_str=ipc;class_output_dir=/tmp/out;span_exporter=disk(/tmp/spans);log_level=debug;log_dir=/tmp/log',
    );
    expect(settings).toMatchObject({
      connection: { kind: 'ipc' },
      serverEntry: '/srv',
      extensions: ['./a', 'b'],
      serverMain: 'main.js',
      dumpDir: '/tmp/out',
      spanExporter: 'disk(/tmp/spans)',
      logLevel: 'debug',
      logDir: '/tmp/log',
    });
  });

  it('I46: go before the environment, which goes before the config file, which goes before the defaults', () => {
    const files = {
      '/etc/d.conf': '# the team’s\ntimeout_ms=1\nservice=file\nupload=never\n\nlog_level=info',
    };
    const env = { DISTRACE_AGENT_TIMEOUT_MS: '2', DISTRACE_AGENT_SERVICE: 'env' };
    expect(read(`${BASE};config_file=/etc/d.conf;timeout_ms=3`, env, files)).toMatchObject({
      timeoutMs: 3,
      service: 'env',
      upload: 'never',
      logLevel: 'info',
      onError: 'passthrough',
    });
    expect(read(BASE, { ...env, DISTRACE_AGENT_CONFIG_FILE: '/etc/d.conf' }, files).upload).toBe('never');
  });

  it.each(['./a', '../a', '/a/b', '.', '..', 'name', '@scope/name', 'C:\\\\a', './a/b/../c'])(
    'I46: take %s for an extension',
    (extension) => {
      expect(read(`server_entry=/s;extensions=${extension}`).extensions).toEqual([extension]);
    },
  );

  it('I46: may hold = in a value, and ; written twice', () => {
    expect(read(`${BASE};span_exporter=custom(a=b;;c)`).spanExporter).toBe('custom(a=b;c)');
  });

  it.each<[string, string, RegExp]>([
    [
      'a name twice',
      `${BASE};timeout_ms=1;timeout_ms=2`,
      /^Each argument stands once, got timeout_ms twice in DISTRACE_ARGS/,
    ],
    [
      'a name and its alias',
      'server_entry=a;instrumentor_server_jar=b',
      /got server_entry \(as instrumentor_server_jar\) twice/,
    ],
    [
      'an unknown name',
      `${BASE};time_out=1`,
      /^An argument is key=value with one of the keys .*; got "time_out" in DISTRACE_ARGS/,
    ],
    [
      'a name without a value',
      `${BASE};insecure`,
      /; got "insecure" in DISTRACE_ARGS; give it a value, insecure=…$/,
    ],
    ['a name with a slip', `${BASE};serivce=a`, /; got "serivce" in DISTRACE_ARGS; did you mean service\?$/],
    ['a name in other letters', `${BASE};logLevel=info`, /; got "logLevel" .*; did you mean log_level\?$/],
    [
      'a folder that looks like a package',
      'server_entry=/s;extensions=./a,tools/ext',
      /^extensions takes packages and folders \(.*; got "tools\/ext"; did you mean .\/tools\/ext\?$/,
    ],
    ['no path', 'server_entry=', /^server_entry takes .*; got ""$/],
    ['no folder', `${BASE};cache_dir=`, /^cache_dir takes .*; got ""$/],
    ['a value without end', `${BASE};service=${'x'.repeat(100_000)}`, /^service takes .*; got "x{80}…"$/],
    ['a value that moves the cursor', `${BASE};log_level=\u001b[2J\r\n`, /; got "\[2J"$/],
    ['no token', `${BASE};token=`, /^token takes .*; got ""$/],
    [
      'a config file in a config file',
      'config_file=/nested',
      /^A config file names no other, got config_file in \/nested/,
    ],
    [
      'a name twice in a config file',
      'config_file=/twice',
      /^Each argument stands once, got service twice in \/twice:2/,
    ],
    [
      'a config file that is not there',
      'config_file=/none',
      /^config_file must be readable, got "\/none": ENOENT/,
    ],
    ['no server at all', '', /^server_entry must name the main file .* when connection is ipc, got nothing/],
    [
      'no key',
      'connection=127.0.0.1:1',
      /^public_key must be the key that the server signs with, got nothing/,
    ],
    [
      'plain TCP to elsewhere',
      `connection=10.0.0.1:80;public_key=${KEY}`,
      /^Beyond this machine a connection is https:\/\/host:port, got plain 10.0.0.1:80/,
    ],
    ['a bad connection', 'connection=nowhere', /^connection takes ipc, host:port, .*; got "nowhere"$/],
    ['a bad port', 'connection=127.0.0.1:65536', /^connection takes .*; got "127.0.0.1:65536"$/],
    [
      'a bad level',
      `${BASE};log_level=loud`,
      /^log_level takes trace, debug, info, warn, error or off; got "loud"$/,
    ],
    [
      'a bad exporter',
      `${BASE};span_exporter=disk(`,
      /^span_exporter takes name or name\(arguments\), .*; got "disk\("$/,
    ],
    ['a bad time', `${BASE};timeout_ms=0`, /^timeout_ms takes a whole number from 1 to 60000; got "0"$/],
    [
      'a bad poll',
      `${BASE};poll_interval_ms=50`,
      /^poll_interval_ms takes a whole number from 100 to 86400000, or 0 for never; got "50"$/,
    ],
    ['a bad choice', `${BASE};on_error=panic`, /^on_error takes passthrough or fail; got "panic"$/],
    ['a bad check', `${BASE};verify=none`, /^verify takes parse or signature; got "none"$/],
    ['a bad upload', `${BASE};upload=all`, /^upload takes marked or never; got "all"$/],
    ['a bad switch', `${BASE};insecure=yes`, /^insecure takes true or false; got "yes"$/],
    ['a bad service', `${BASE};service=a b`, /^service takes a name of 1 to 128 /],
    ['a token that is no header', `${BASE};token=a b`, /^token takes .*; got another text$/],
  ])('I46: are refused with the rule, what came and what to do: %s', (_, args, message) => {
    const files = { '/nested': 'config_file=/other', '/twice': 'service=a\nservice=b' };
    let error: unknown;
    try {
      read(args, {}, files);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'DT_ERR_AGENT_ARGS' });
    expect((error as Error).message).toMatch(message);
  });
});
