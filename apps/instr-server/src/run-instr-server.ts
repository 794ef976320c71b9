import type { Type } from '@nestjs/common';
import { runService, type RunServiceOptions } from '@distrace/nest-server';
import { createInstrServer, type TlsOptions } from './create-instr-server.js';
import type { ListenOptions } from './listen/check-address.js';
import type { InstrServerOptions } from './options.js';

/**
 * Runs a server as this process: one line when it is ready, one line and exit code 1 when it cannot start, a clean
 * end at SIGTERM and SIGINT. An extended server is an app of its own that calls this with its module.
 *
 * @example
 * await runInstrServer(MyServer, { port: 8126 });
 */
export async function runInstrServer(
  what: InstrServerOptions | Type,
  { tls, ...listen }: ListenOptions & { readonly tls?: TlsOptions },
  options?: RunServiceOptions,
): Promise<void> {
  await runService(
    'instr-server',
    async () => {
      const server = await createInstrServer(what, { tls });
      try {
        const address = await server.listen(listen);
        const { keyId, publicKey } = server.core.signer;
        return {
          address: `${address}, ${server.core.book.rules.rules.length} rules, public key ${publicKey} (${keyId})`,
          close: () => server.close(),
        };
      } catch (error) {
        await server.close();
        throw error;
      }
    },
    options,
  );
}
