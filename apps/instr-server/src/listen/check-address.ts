import { isIP } from 'node:net';
import { InstrServerError } from '../errors.js';

/** Where a server listens: a socket of this machine, or a port. */
export type ListenOptions =
  | { readonly socket: string }
  | {
      /** 0 for one that is free. */
      readonly port: number;
      /** Default 127.0.0.1: this machine only. */
      readonly host?: string;
      /** Whether it may listen beyond this machine without TLS, such as behind a proxy that has it. Default no. */
      readonly insecurePlainTcp?: boolean;
    };

/** @throws InstrServerError for an address at which what is served could be changed or taken on its way. */
export function checkAddress(
  options: ListenOptions,
  { hasTls, isOpen }: { readonly hasTls: boolean; readonly isOpen: boolean },
): void {
  if ('socket' in options || isLoopback(options.host ?? '127.0.0.1')) return;
  const { host, insecurePlainTcp = false } = options;
  if (!hasTls && !insecurePlainTcp) {
    throw new InstrServerError(
      'DT_ERR_SERVER_LISTEN',
      `Beyond this machine a server must have TLS, got ${host} without a key and a certificate. Give it both (--tls-key, --tls-cert), or say --insecure-plain-tcp (in code insecurePlainTcp) where something else protects the network.`,
    );
  }
  if (isOpen) {
    throw new InstrServerError(
      'DT_ERR_SERVER_LISTEN',
      `Beyond this machine a server must have tokens, got ${host} and none. Give it a token for agents (--tokens-file, in code tokens).`,
    );
  }
}

/** Whether an address is this machine's own and no other's. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  return isIP(host) === 4 ? host.startsWith('127.') : host === '::1' || /^::ffff:127\./i.test(host);
}
