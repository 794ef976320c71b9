import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { BrokerError } from './errors.ts';

// Below every system's range for outgoing connections (Linux 32768, others 49152): there a client that
// reconnects to a broker which is down for a moment can be given that very port and connect to itself.
const firstPort = 20_000;
const endPort = 32_000;

/** True when nobody listens on the port of `host` (default 127.0.0.1) and we may. */
export function isPortFree(port: number, options: { readonly host?: string } = {}): Promise<boolean> {
  const { host = '127.0.0.1' } = options;
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** True when somebody accepts a connection on 127.0.0.1; unlike `isPortFree` it never holds the port itself. */
export function isAnswering(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/**
 * A free port of `host` (default 127.0.0.1): the first one from `from` on, or without `from` one at random
 * in 20000 to 31999. It is not reserved: use it soon. Throws DT_ERR_NO_FREE_PORT after 1,000 taken ports.
 */
export async function freePort(
  options: { readonly from?: number; readonly host?: string } = {},
): Promise<number> {
  const { from, host } = options;
  for (let tried = 0; tried < 1_000; tried += 1) {
    const port = from == null ? randomInt(firstPort, endPort) : from + tried;
    if (port > 65_535) break;
    if (await isPortFree(port, { host })) return port;
  }
  throw new BrokerError(
    'DT_ERR_NO_FREE_PORT',
    `A free port is needed, but none was found ${from == null ? `from ${firstPort} to ${endPort - 1}` : `from ${from} on`}. Stop what holds them, or give another start.`,
  );
}

/** `count` different free ports of 127.0.0.1. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}
