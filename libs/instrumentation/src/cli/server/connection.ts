import { CliError } from '../errors.js';

/** Where a server listens, as arguments of a request. */
export interface ServerAddress {
  readonly socketPath?: string;
  readonly host?: string;
  readonly port?: number;
  readonly tls: boolean;
}

/** Reads `host:port`, `http://host:port`, `https://host:port` and `unix:/path`, as agents do. */
export function readConnection(text: string): ServerAddress {
  if (text.startsWith('unix:/')) return { socketPath: text.slice('unix:'.length), tls: false };
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  const tls = url?.protocol === 'https:';
  if (url !== null && (tls || url.protocol === 'http:') && (url.port !== '' || text.includes('://'))) {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    return { host, port: url.port === '' ? (tls ? 443 : 80) : Number(url.port), tls };
  }
  throw new CliError(
    'DT_ERR_CLI_CONNECTION',
    `--server is host:port, http(s)://host:port or unix:/path, got ${JSON.stringify(text)}; correct it`,
    { exitCode: 2 },
  );
}
