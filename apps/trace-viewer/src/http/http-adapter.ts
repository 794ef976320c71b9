import { createServer, type Server } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';

/** How long a peer may take. */
export interface PeerLimits {
  /** Milliseconds for a whole request, headers and body. Default 15,000. */
  readonly requestTimeoutMs?: number;
  /** Milliseconds after which a connection is closed on which nothing moves, in either direction. Default 30,000. */
  readonly stalledMs?: number;
}

/** How often Node looks for late requests; its own default lets one that is due after 15 s stay for 45. */
const CHECK_INTERVAL_MS = 1000;

/** Express on a server that closes on whoever sends, or reads, too slowly: each holds memory and a connection. */
export class ViewerHttpAdapter extends ExpressAdapter {
  readonly #limits: PeerLimits;

  constructor(limits: PeerLimits = {}) {
    super();
    this.#limits = limits;
  }

  override initHttpServer(): void {
    const { requestTimeoutMs = 15_000, stalledMs = 30_000 } = this.#limits;
    const server: Server = createServer(
      {
        requestTimeout: requestTimeoutMs,
        headersTimeout: requestTimeoutMs,
        connectionsCheckingInterval: Math.min(CHECK_INTERVAL_MS, requestTimeoutMs),
      },
      this.getInstance(),
    );
    server.timeout = stalledMs;
    this.httpServer = server;
  }

  /** Also ends the connections that are open: pages listen for ever. */
  override close(): Promise<void> {
    (this.httpServer as Server).closeAllConnections();
    return super.close() as Promise<void>;
  }
}
