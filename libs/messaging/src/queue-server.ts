import { setImmediate as nextTurn } from 'node:timers/promises';
import { ServerRMQ, type RmqOptions } from '@nestjs/microservices';
import type { Channel, ConsumeMessage } from 'amqplib';
import { CalmLogger } from './calm-logger.js';
import { ChannelKeeper, type Reconnectable } from './channel-keeper.js';
import type { Consumer } from './drain.js';
import { errorText } from './error-text.js';
import type { BrokerLink, BrokerState } from './health.js';
import { declareTopologyOn } from './topology.js';

/** Options of {@link QueueServer} beyond Nest's. */
export interface QueueServerOptions {
  readonly prefix: string;
  readonly queue: string;
  readonly prefetchCount: number;
  /** Warns at the start when somebody else consumes the queue. */
  readonly sole: boolean;
}

/**
 * Nest's RabbitMQ server that survives what Nest's own does not: it declares the whole topology on every
 * connection, waits for the broker's answer to `consume`, comes back after the broker closed its channel or
 * cancelled its consumer, and can stop consuming while it still acknowledges.
 */
export class QueueServer extends ServerRMQ implements Consumer, BrokerLink {
  protected override readonly logger = new CalmLogger('QueueServer');
  readonly #options: QueueServerOptions;
  readonly #keeper: ChannelKeeper;
  /** Messages on their way to their handlers: whoever counts those at work does not know them yet. */
  readonly #arriving = new Set<Promise<void>>();
  #consumerTag: string | undefined;
  #consumedOnce = false;
  #stopped = false;

  constructor(rmqOptions: Required<RmqOptions>['options'], options: QueueServerOptions) {
    super(rmqOptions);
    this.#options = options;
    this.#keeper = new ChannelKeeper({
      logger: this.logger,
      connection: () => this.server as Reconnectable | null,
    });
  }

  /** `ok` while a consumer is registered at the broker. */
  get state(): BrokerState {
    if (this.#consumerTag !== undefined && this.#keeper.channel !== undefined) return 'ok';
    return this.#consumedOnce ? 'disconnected' : 'starting';
  }

  override async createClient<T>(): Promise<T> {
    const connection = await super.createClient<{ on(event: 'connect', listener: () => void): void }>();
    // Nest creates the channel wrapper in its own connect listener, which runs after this one. Without an error
    // listener on the wrapper, a connection lost while its channel opens ends the process.
    connection.on('connect', () => queueMicrotask(() => this.#listenForWrapperErrors()));
    return connection as T;
  }

  override async setupChannel(channel: Channel, callback: () => void): Promise<void> {
    if (this.#stopped) return;
    this.#keeper.keep(channel);
    this.#consumerTag = undefined;
    try {
      await declareTopologyOn(channel, this.#options.prefix);
      await channel.prefetch(this.#options.prefetchCount);
      const { consumerTag } = await channel.consume(
        this.#options.queue,
        (message) => this.#deliver(message, channel),
        { noAck: false },
      );
      this.#consumerTag = consumerTag;
      if (!this.#consumedOnce && this.#options.sole) await this.#warnOfOthers(channel);
      this.#consumedOnce = true;
      callback();
    } catch (error) {
      this.logger.error(`cannot consume ${this.#options.queue}, trying again: ${String(error)}`);
      this.#keeper.lose(channel);
    }
  }

  /**
   * Takes no further message; resolves when those delivered already are at their handlers. They can still be
   * acknowledged.
   */
  async stopConsuming(): Promise<void> {
    this.#stopped = true;
    const channel = this.#keeper.channel;
    const consumerTag = this.#consumerTag;
    if (channel === undefined || consumerTag === undefined) return;
    await channel.cancel(consumerTag).catch((error: unknown) => {
      this.logger.warn(`consumer not cancelled: ${String(error)}`);
    });
    this.#consumerTag = undefined;
    await Promise.all(this.#arriving);
  }

  override async close(): Promise<void> {
    this.#stopped = true;
    this.#keeper.close();
    await super.close();
  }

  /** Looks after `consume`, so that of two that start together at least one sees the other. */
  async #warnOfOthers(channel: Channel): Promise<void> {
    const { queue } = this.#options;
    const { consumerCount } = await channel.checkQueue(queue);
    if (consumerCount <= 1) return;
    this.logger.warn(
      `${queue} must have one consumer, instead it has ${consumerCount}: each gets some of the messages. ` +
        'End the others, or set another DISTRACE_QUEUE_PREFIX.',
    );
  }

  #deliver(message: ConsumeMessage | null, channel: Channel): void {
    if (message === null) {
      this.logger.warn(`the broker cancelled the consumer of ${this.#options.queue}`);
      this.#consumerTag = undefined;
      this.#keeper.lose(channel);
      return;
    }
    const arrival = this.#handOver(message, channel);
    this.#arriving.add(arrival);
    void arrival.then(() => this.#arriving.delete(arrival));
  }

  /** Resolves when the handler has begun: Nest waits for the guards, and begins with the interceptors a few microtasks later. */
  async #handOver(message: ConsumeMessage, channel: Channel): Promise<void> {
    try {
      await this.handleMessage(message, channel);
    } catch (error) {
      this.handleError(errorText(error));
    }
    await nextTurn();
  }

  #listenForWrapperErrors(): void {
    const wrapper = this.channel as NodeJS.EventEmitter | null;
    if (wrapper === null || wrapper.listenerCount('error') > 0) return;
    wrapper.on('error', (error: unknown) => {
      this.logger.warn(`channel not opened: ${String(error)}`);
      this.#keeper.lose(this.#keeper.channel);
    });
  }
}
