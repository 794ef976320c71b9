/** Where the server is. */
export type Connection =
  | { readonly kind: 'ipc' }
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls: boolean }
  | { readonly kind: 'file'; readonly path: string };

/** Reads `ipc`, `host:port`, `http(s)://host:port`, `unix:/path`, `file:/path`; undefined for anything else. */
export function parseConnection(text: string): Connection | undefined {
  if (text === 'ipc') return { kind: 'ipc' };
  if (text.startsWith('unix:') && text.length > 5) return { kind: 'unix', path: text.slice(5) };
  if (text.startsWith('file:') && text.length > 5) return { kind: 'file', path: text.slice(5) };
  const match = /^(https?:\/\/)?(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?\/?$/.exec(text);
  if (match === null) return undefined;
  const [, scheme, written = '', digits] = match;
  if (digits === undefined && scheme === undefined) return undefined;
  const tls = scheme === 'https://';
  const port = digits === undefined ? (tls ? 443 : 80) : Number(digits);
  if (port < 1 || port > 65_535) return undefined;
  return { kind: 'tcp', host: written.replaceAll(/[[\]]/g, ''), port, tls };
}

/** Whether what is sent stays on this machine. Names other than localhost may mean anything. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
