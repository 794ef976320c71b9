import { messageOf } from '@distrace/nest-server';
import { InstrServerError } from '../errors.js';
import { isLoopback, type ListenOptions } from './check-address.js';

/** Why an address cannot be had, and what to do. */
export function cannotListen(options: ListenOptions, cause: unknown): InstrServerError {
  const [where, why, remedy] = wordsFor(options, cause);
  return new InstrServerError(
    'DT_ERR_SERVER_LISTEN',
    `The server must be able to listen at ${where}, but ${why}. ${remedy}`,
    { cause },
  );
}

function wordsFor(
  options: ListenOptions,
  cause: unknown,
): readonly [where: string, why: string, remedy: string] {
  const { code } = cause as { readonly code?: unknown };
  if ('socket' in options) {
    return [options.socket, messageOf(cause), 'Name another socket (--socket), or end what listens there.'];
  }
  const { port, host = '127.0.0.1' } = options;
  const where = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  switch (code) {
    case 'EADDRINUSE':
      return [
        where,
        'another process listens there',
        'End that, perhaps an earlier server, or name another port (--port; 0 takes a free one).',
      ];
    case 'EACCES':
      return [where, 'this user may not', 'Name a port from 1024 on (--port).'];
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return [
        where,
        `this machine has no such address (${messageOf(cause)})`,
        `Name one of its own (--host), ${isLoopback(host) ? 'such as 127.0.0.1' : 'or 0.0.0.0 for all'}.`,
      ];
    default:
      return [where, messageOf(cause), 'Name another address (--host, --port).'];
  }
}
