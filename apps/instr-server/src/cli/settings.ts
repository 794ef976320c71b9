/** One setting of the process: `--name` on the command line, else the variable. */
export interface Setting {
  readonly name: string;
  readonly kind: 'text' | 'list' | 'number' | 'flag';
  /** As the reference says it. */
  readonly help: string;
}

/** All settings, in the order of the reference. */
export const SETTINGS = [
  { name: 'extensions', kind: 'list', help: 'packages or folders whose interceptors are served' },
  { name: 'host', kind: 'text', help: 'where to listen; default 127.0.0.1' },
  { name: 'port', kind: 'number', help: '0 takes a free one; default 8126' },
  { name: 'socket', kind: 'text', help: 'listen on this Unix socket instead' },
  { name: 'store', kind: 'text', help: 'folder for results; default: memory only' },
  { name: 'key-file', kind: 'text', help: 'private key that signs, made by distrace keys create' },
  { name: 'publisher-keys', kind: 'list', help: 'public keys whose packs are taken' },
  { name: 'tokens-file', kind: 'text', help: 'JSON list of { token, role, service }' },
  { name: 'source-roots', kind: 'list', help: 'folders with applications' },
  { name: 'keep-sources', kind: 'text', help: 'disk or memory' },
  { name: 'tls-key', kind: 'text', help: 'file with the TLS key' },
  { name: 'tls-cert', kind: 'text', help: 'file with the TLS certificate' },
  { name: 'tls-client-ca', kind: 'text', help: 'file with authorities whose clients may connect' },
  { name: 'insecure-plain-tcp', kind: 'flag', help: 'listen beyond this machine without TLS' },
  { name: 'allowed-hosts', kind: 'list', help: 'host names to answer under where there are no tokens' },
  { name: 'watch', kind: 'flag', help: 'load extensions anew when their files change' },
  { name: 'workers', kind: 'number', help: 'threads that weave' },
  { name: 'weave-timeout-ms', kind: 'number', help: 'milliseconds that one file may take' },
  { name: 'weave-memory-mb', kind: 'number', help: 'MiB of heap of one thread' },
  { name: 'max-memory-bytes', kind: 'number', help: 'of results and sources in memory' },
  { name: 'max-disk-bytes', kind: 'number', help: 'of content on the disk' },
  { name: 'max-age-ms', kind: 'number', help: 'after its last use content on the disk goes' },
  { name: 'max-body-bytes', kind: 'number', help: 'of a body, unpacked' },
  { name: 'poll-interval-ms', kind: 'number', help: 'how often running processes ask' },
] as const satisfies readonly Setting[];

export type SettingName = (typeof SETTINGS)[number]['name'];

/** The variable of a setting, such as `DISTRACE_SERVER_KEY_FILE`. */
export function variableOf(name: string): string {
  return `DISTRACE_SERVER_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** What `--help` prints. */
export function helpText(): string {
  const width = Math.max(...SETTINGS.map(({ name }) => name.length)) + 4;
  const lines = SETTINGS.map(({ name, help }) => `  ${`--${name}`.padEnd(width)}${help}`);
  return [
    'Usage: node dist/main.js --extensions LIST [options]',
    '       node dist/main.js gc --store FOLDER',
    '       node dist/main.js --help',
    '',
    ...lines,
    '',
    `Each is also a variable, such as ${variableOf('key-file')}. docs/reference/instr-server.md has the details.`,
  ].join('\n');
}
