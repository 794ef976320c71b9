import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A TCP proxy that can hold back what its clients say, or what they are told. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** Nothing that the clients of today say gets through any more; answers, and later connections, do. */
  muteClients(): void;
  /** What is told to the client that came last waits here until the function that this answers is called. */
  holdAnswersToLatest(): () => void;
}

/** Stands between a service and 127.0.0.1:`port`. */
export async function startProxy(port: number): Promise<TcpProxy> {
  const clients = new Map<Socket, Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    clients.set(client, upstream);
    client.pipe(upstream).pipe(client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
    client.on('close', () => clients.delete(client));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    muteClients() {
      for (const client of clients.keys()) client.unpipe().resume();
    },
    holdAnswersToLatest() {
      const [client, upstream] = [...clients].at(-1) ?? [];
      if (client === undefined || upstream === undefined) throw new Error('No client has come.');
      upstream.unpipe(client);
      return () => void upstream.pipe(client);
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients.keys()) client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
