import type { Server } from 'node:http';
import { Server as TlsServer } from 'node:tls';

/** Where a path of a server that listens can be opened; undefined while it does not, and on a socket without a port. */
export function serverUrl(server: Pick<Server, 'address'> | undefined, path: string): string | undefined {
  const bound = server?.address() ?? undefined;
  if (bound === undefined || typeof bound === 'string') return undefined;
  const scheme = server instanceof TlsServer ? 'https' : 'http';
  return `${scheme}://${hostIn(bound.address)}:${bound.port}${path}`;
}

function hostIn(address: string): string {
  if (address === '::' || address === '0.0.0.0') return 'localhost';
  return address.includes(':') ? `[${address}]` : address;
}
