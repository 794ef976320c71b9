import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { INSTR_SERVER, type InstrServerCore } from './core.js';
import type { Seams } from './open-core.js';
import { ProblemFilter } from './http/problem.filter.js';
import { InstrServerModule } from './instr-server.module.js';
import { cannotListen } from './listen/cannot-listen.js';
import { checkAddress, type ListenOptions } from './listen/check-address.js';
import { takeSocket } from './listen/unix-socket.js';
import { InstrServerError } from './errors.js';
import type { InstrServerOptions } from './options.js';

/** Whoever sends a body this slowly takes the place of others. */
const REQUEST_TIMEOUT_MS = 30_000;

/** How often that is looked at; Node's own 30 s would double what such a request takes. */
const CONNECTIONS_CHECKING_INTERVAL_MS = 1000;

/** TLS of a server that listens on TCP; PEM texts. */
export interface TlsOptions {
  readonly key: string;
  readonly cert: string;
  /** Authorities whose clients may connect; without it any client may. */
  readonly clientCa?: string;
}

/** An instrumentation server in this process. */
export interface InstrServer {
  readonly app: NestExpressApplication;
  readonly core: InstrServerCore;
  /** Listens; gives the address. @throws InstrServerError for an address that is not safe or cannot be had. */
  listen(options: ListenOptions): Promise<string>;
  /** Ends everything; what is in the store is there at the next start. */
  close(): Promise<void>;
}

/**
 * Makes a server of options, or of an app's own module that imports `InstrServerModule.forRoot(…)`.
 *
 * @throws InstrServerError when extensions, keys or the store cannot be used.
 */
export async function createInstrServer(
  what: InstrServerOptions | Type,
  { tls, seams }: { readonly tls?: TlsOptions; readonly seams?: Seams } = {},
): Promise<InstrServer> {
  const module = typeof what === 'function' ? what : InstrServerModule.forRoot(what, seams);
  const app = await NestFactory.create<NestExpressApplication>(module, {
    logger: ['warn', 'fatal'],
    abortOnError: false,
    bodyParser: false,
    forceCloseConnections: true,
    ...(tls && {
      httpsOptions: {
        key: tls.key,
        cert: tls.cert,
        ...(tls.clientCa !== undefined && { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true }),
      },
    }),
  });
  const core = app.get<InstrServerCore>(INSTR_SERVER, { strict: false });
  // Beside the controllers' own: for what no controller answers.
  app.useGlobalFilters(new ProblemFilter(core));
  app.disable('x-powered-by');
  app.disable('etag');
  // Read when it starts to listen, as an option of its constructor would be, which Nest does not pass on.
  Object.assign(app.getHttpServer(), {
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: CONNECTIONS_CHECKING_INTERVAL_MS,
  });
  let release: (() => void) | undefined;
  return {
    app,
    core,
    listen: async (options) => {
      checkAddress(options, { hasTls: tls !== undefined, isOpen: core.access.isOpen });
      try {
        if ('socket' in options) {
          release = await takeSocket(options.socket, (path) => app.listen(path));
          return `unix:${options.socket}`;
        }
        await app.listen(options.port, options.host ?? '127.0.0.1');
        return await app.getUrl();
      } catch (cause) {
        if (cause instanceof InstrServerError) throw cause;
        throw cannotListen(options, cause);
      }
    },
    close: async () => {
      await app.close();
      release?.();
    },
  };
}
