import type { Logger } from '@nestjs/common';
import type { Channel } from 'amqplib';

/** What of amqp-connection-manager's connection is needed to get a new channel. */
export interface Reconnectable {
  /** Closes and opens the connection; does nothing while there is none. */
  reconnect(): void;
}

/** Options of {@link ChannelKeeper}. */
export interface ChannelKeeperOptions {
  readonly logger: Pick<Logger, 'warn'>;
  /** The connection to renew; undefined before the first one. */
  readonly connection: () => Reconnectable | null;
  /** Milliseconds between a lost channel and the reconnect. Default 1000. */
  readonly reopenDelayMs?: number;
}

/**
 * Keeps one channel alive. amqp-connection-manager opens a new channel only with a new connection: a channel
 * that the broker closes alone (a refused declaration, an unknown delivery tag) would stay closed, silently, and
 * its `error` event without a listener would end the process.
 */
export class ChannelKeeper {
  readonly #logger: Pick<Logger, 'warn'>;
  readonly #connection: () => Reconnectable | null;
  readonly #reopenDelayMs: number;
  #channel: Channel | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor({ logger, connection, reopenDelayMs = 1000 }: ChannelKeeperOptions) {
    this.#logger = logger;
    this.#connection = connection;
    this.#reopenDelayMs = reopenDelayMs;
  }

  /** The channel in use, undefined while there is none. */
  get channel(): Channel | undefined {
    return this.#channel;
  }

  /** Takes over a channel just opened. */
  keep(channel: Channel): void {
    this.#channel = channel;
    channel.on('error', (error: Error) => this.#logger.warn(`channel error: ${error.message}`));
    channel.on('close', () => this.lose(channel));
  }

  /** Reports a channel as useless; a new one follows unless the keeper is closed. */
  lose(channel: Channel | undefined): void {
    if (channel !== this.#channel || this.#closed) return;
    this.#channel = undefined;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#channel === undefined && !this.#closed) this.#connection()?.reconnect();
    }, this.#reopenDelayMs);
    this.#timer.unref();
  }

  /** Gives up keeping: what closes from now on closes on purpose. */
  close(): void {
    this.#closed = true;
    this.#channel = undefined;
    clearTimeout(this.#timer);
  }
}
