import { AgentError } from '../errors.js';
import { isLoopback, parseConnection } from './connection.js';
import type { Connection } from './connection.js';
import { ARG_KEYS, takesOf } from './keys.js';
import type { ArgName } from './keys.js';
import type { Pairs } from './parse-pairs.js';
import { shown } from './shown.js';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'off'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The arguments, checked. */
export interface Settings {
  readonly connection: Connection;
  readonly serverEntry: string | undefined;
  readonly serverMain: string | undefined;
  readonly extensions: readonly string[];
  /** Undefined: the name of the app's package. */
  readonly service: string | undefined;
  readonly spanExporter: string | undefined;
  /** Tags with the stack where each span opens and closes. */
  readonly stackTraces: boolean;
  readonly timeoutMs: number;
  readonly onError: 'passthrough' | 'fail';
  readonly token: string | undefined;
  /** As written; `@file` is not read yet. */
  readonly publicKey: string | undefined;
  readonly verify: 'parse' | 'signature';
  readonly upload: 'marked' | 'never';
  readonly insecure: boolean;
  readonly cacheDir: string | undefined;
  readonly ignore: readonly string[];
  /** Undefined: what the manifest says. 0: never. */
  readonly pollIntervalMs: number | undefined;
  /** For spans left at an end without another turn of the event loop. 0: they are lost. */
  readonly exitFlushMs: number;
  readonly processFacts: boolean;
  readonly logLevel: LogLevel;
  readonly logDir: string | undefined;
  readonly dumpDir: string | undefined;
}

/** Checks what was given, the strongest source first, over the defaults. Throws `DT_ERR_AGENT_ARGS`. */
export function settingsFrom(...sources: readonly Pairs[]): Settings {
  const defaults: Pairs = {};
  for (const key of ARG_KEYS) if ('default' in key) defaults[key.name] = key.default;
  const given: Pairs = Object.assign({}, defaults, ...sources.toReversed());

  const connection = parseConnection(given.connection ?? '') ?? refuse('connection', given.connection);
  if (
    connection.kind === 'tcp' &&
    !connection.tls &&
    !isLoopback(connection.host) &&
    given.insecure !== 'true'
  ) {
    throw new AgentError(
      'DT_ERR_AGENT_ARGS',
      `Beyond this machine a connection is https://host:port, got plain ${connection.host}:${connection.port}; ` +
        'insecure=true sends sources and the token unprotected',
    );
  }
  if (connection.kind === 'ipc' && given.server_entry === undefined) {
    throw new AgentError(
      'DT_ERR_AGENT_ARGS',
      'server_entry must name the main file of an instrumentation server when connection is ipc, got nothing; ' +
        'set DISTRACE_ARGS="server_entry=/path/main.js", or connection=host:port for a server that runs already',
    );
  }
  if (connection.kind !== 'ipc' && given.public_key === undefined) {
    throw new AgentError(
      'DT_ERR_AGENT_ARGS',
      'public_key must be the key that the server signs with, got nothing; `distrace keys create` prints it',
    );
  }
  const staysHere = connection.kind !== 'tcp' || isLoopback(connection.host);
  return {
    connection,
    serverEntry: pathOf('server_entry', given.server_entry),
    serverMain: pathOf('server_main', given.server_main),
    extensions: listOf(given.extensions).map(extensionOf),
    service: matching('service', given.service, /^[\w./@-]{1,128}$/),
    spanExporter: matching('span_exporter', given.span_exporter, /^[A-Za-z_][\w.-]*(?:\(.*\))?$/),
    stackTraces: booleanOf('stack_traces', given.stack_traces),
    timeoutMs: wholeOf('timeout_ms', given.timeout_ms ?? '', 1, 60_000),
    onError: oneOf('on_error', given.on_error ?? '', ['passthrough', 'fail']),
    token: matching('token', given.token, /^[\x21-\x7e]{1,4096}$/),
    publicKey: given.public_key,
    verify: oneOf('verify', given.verify ?? (staysHere ? 'signature' : 'parse'), ['parse', 'signature']),
    upload: oneOf('upload', given.upload ?? '', ['marked', 'never']),
    insecure: booleanOf('insecure', given.insecure),
    cacheDir: pathOf('cache_dir', given.cache_dir),
    ignore: listOf(given.ignore),
    pollIntervalMs: given.poll_interval_ms === undefined ? undefined : pollOf(given.poll_interval_ms),
    exitFlushMs: wholeOf('exit_flush_ms', given.exit_flush_ms ?? '', 0, 10_000),
    processFacts: booleanOf('process_facts', given.process_facts),
    logLevel: oneOf('log_level', given.log_level ?? '', LOG_LEVELS),
    logDir: pathOf('log_dir', given.log_dir),
    dumpDir: pathOf('dump_dir', given.dump_dir),
  };
}

function refuse(name: ArgName, got: string | undefined, hint = ''): never {
  throw new AgentError(
    'DT_ERR_AGENT_ARGS',
    // A token is a secret, also one that is written wrongly.
    `${name} takes ${takesOf(name)}; got ${name === 'token' && got !== '' ? 'another text' : shown(got)}${hint}`,
  );
}

/** An empty one is a variable of a script that was not set. */
function pathOf(name: ArgName, text: string | undefined): string | undefined {
  return text === '' || text?.includes('\0') === true ? refuse(name, text) : text;
}

/** A package, or a path that looks like one: `tools/ext` would be looked for among the packages. */
function extensionOf(text: string): string {
  const isPath = /^(?:\.{0,2}[\\/]|\.{1,2}$|[A-Za-z]:[\\/])/.test(text);
  const isPackage = /^(?:@[\w.~-]+\/)?[\w.~-]+$/.test(text);
  return isPath || isPackage ? text : refuse('extensions', text, `; did you mean ./${text}?`);
}

function oneOf<T extends string>(name: ArgName, text: string, values: readonly T[]): T {
  return values.find((value) => value === text) ?? refuse(name, text);
}

function booleanOf(name: ArgName, text: string | undefined): boolean {
  return oneOf(name, text ?? 'false', ['true', 'false']) === 'true';
}

function matching(name: ArgName, text: string | undefined, pattern: RegExp): string | undefined {
  return text === undefined || pattern.test(text) ? text : refuse(name, text);
}

function wholeOf(name: ArgName, text: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  return value >= least && value <= most ? value : refuse(name, text);
}

function pollOf(text: string): number {
  return text === '0' ? 0 : wholeOf('poll_interval_ms', text, 100, 86_400_000);
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
