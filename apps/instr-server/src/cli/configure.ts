import { readFileSync } from 'node:fs';
import type { TlsOptions } from '../create-instr-server.js';
import type { ListenOptions } from '../listen/check-address.js';
import { POLL_INTERVAL_MS, type InstrServerOptions } from '../options.js';
import type { Role, TokenGrant } from '../trust/access.js';
import { readPrivateFile } from './private-file.js';
import { readSettings, refuse, type Environment, type Settings } from './read-settings.js';

/** The port unless another is named. */
export const DEFAULT_PORT = 8126;

/** What the process is told: where to listen, and everything else. */
export interface InstrServerConfig {
  readonly options: InstrServerOptions;
  readonly listen: ListenOptions & { readonly tls?: TlsOptions };
}

/** Reads command line, environment and the files they name. @throws InstrServerError for the first that breaks its rule. */
export function configure(argv: readonly string[], env: Environment): InstrServerConfig {
  const settings = readSettings(argv, env);
  const keyFile = settings.text('key-file');
  const tokensFile = settings.text('tokens-file');
  const extensions = settings.list('extensions');
  if (extensions.length === 0) throw refuse('extensions', 'at least one package or folder', '');
  return {
    options: {
      extensions,
      storeFolder: settings.text('store'),
      privateKey: keyFile === undefined ? undefined : readPrivateFile(keyFile, 'The private key'),
      publisherKeys: settings.list('publisher-keys'),
      tokens: tokensFile === undefined ? [] : readTokens(readPrivateFile(tokensFile, 'Tokens')),
      sourceRoots: settings.list('source-roots'),
      keepSources: readKeepSources(settings),
      allowedHosts: settings.list('allowed-hosts').map((name) => name.toLowerCase()),
      watch: settings.flag('watch'),
      workers: settings.number('workers'),
      weaveTimeoutMs: settings.number('weave-timeout-ms'),
      weaveMemoryMb: settings.number('weave-memory-mb'),
      maxMemoryBytes: settings.number('max-memory-bytes'),
      maxDiskBytes: settings.number('max-disk-bytes'),
      maxAgeMs: settings.number('max-age-ms'),
      maxBodyBytes: settings.number('max-body-bytes'),
      pollIntervalMs: settings.number('poll-interval-ms', POLL_INTERVAL_MS),
    },
    listen: { ...readAddress(settings), tls: readTls(settings) },
  };
}

function readAddress(settings: Settings): ListenOptions {
  const socket = settings.text('socket');
  if (socket !== undefined) return { socket };
  const port = settings.number('port') ?? DEFAULT_PORT;
  if (port > 65_535) throw refuse('port', 'a port', String(port));
  return { port, host: settings.text('host'), insecurePlainTcp: settings.flag('insecure-plain-tcp') };
}

function readTls(settings: Settings): TlsOptions | undefined {
  const key = settings.text('tls-key');
  const cert = settings.text('tls-cert');
  const clientCa = settings.text('tls-client-ca');
  if (key === undefined && cert === undefined) {
    if (clientCa !== undefined)
      throw refuse('tls-client-ca', 'given together with --tls-key and --tls-cert', clientCa);
    return undefined;
  }
  if (key === undefined || cert === undefined) {
    throw refuse(key === undefined ? 'tls-key' : 'tls-cert', 'given together with the other one', 'nothing');
  }
  return {
    key: readPrivateFile(key, 'The TLS key'),
    cert: readFileSync(cert, 'utf8'),
    ...(clientCa !== undefined && { clientCa: readFileSync(clientCa, 'utf8') }),
  };
}

function readKeepSources(settings: Settings): 'disk' | 'memory' | undefined {
  const value = settings.text('keep-sources');
  if (value === undefined || value === 'disk' || value === 'memory') return value;
  throw refuse('keep-sources', 'disk or memory', value);
}

const ROLES: ReadonlySet<unknown> = new Set<Role>(['agent', 'publisher', 'reader']);

/** @throws InstrServerError without the text: it holds tokens. */
function readTokens(text: string): readonly TokenGrant[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badTokens('no JSON');
  }
  if (!Array.isArray(value) || value.length === 0) throw badTokens('no list, or an empty one');
  return value.map((entry: unknown, index) => {
    const { token, role, service } = (entry ?? {}) as Partial<Record<keyof TokenGrant, unknown>>;
    const isGood =
      typeof token === 'string' &&
      token.length >= 16 &&
      ROLES.has(role) &&
      (service === undefined || typeof service === 'string');
    if (!isGood) throw badTokens(`another entry ${index}`);
    return { token, role: role as Role, service: service as string | undefined };
  });
}

function badTokens(came: string): Error {
  return refuse(
    'tokens-file',
    'a JSON list of { token, role, service? }, tokens of 16 characters or more',
    came,
  );
}
