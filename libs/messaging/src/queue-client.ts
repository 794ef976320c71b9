import { setTimeout as delay } from 'node:timers/promises';
import { ClientRMQ, type RmqOptions } from '@nestjs/microservices';
import type { Channel } from 'amqplib';
import { asBrokerAwayError } from './broker-away-error.js';
import { CalmLogger } from './calm-logger.js';
import { ChannelKeeper, type Reconnectable } from './channel-keeper.js';

const LOOK_AGAIN_MS = 200;

/**
 * Nest's RabbitMQ client that gets a new channel when the broker closes its channel alone, can wait for a broker
 * that is away, and whose rejections are errors.
 */
export class QueueClient extends ClientRMQ {
  protected override readonly logger = new CalmLogger('QueueClient');
  readonly #connectWaitMs: number;
  #closed = false;
  readonly #keeper = new ChannelKeeper({
    logger: this.logger,
    connection: () => this.client as Reconnectable | null,
  });

  constructor({
    connectWaitMs = 0,
    ...options
  }: Required<RmqOptions>['options'] & { readonly connectWaitMs?: number }) {
    super(options);
    this.#connectWaitMs = connectWaitMs;
  }

  override async connect(): Promise<unknown> {
    const until = performance.now() + this.#connectWaitMs;
    for (;;) {
      try {
        return (await super.connect()) as unknown;
      } catch (reason) {
        if (this.#closed || performance.now() >= until) throw asBrokerAwayError(reason);
        await delay(LOOK_AGAIN_MS);
      }
    }
  }

  override createChannel(): Promise<void> {
    const opened = super.createChannel();
    (this.channel as NodeJS.EventEmitter).on('error', (error: unknown) => {
      this.logger.warn(`channel not opened: ${String(error)}`);
      this.#keeper.lose(this.#keeper.channel);
    });
    return opened;
  }

  override async setupChannel(channel: Channel, resolve: () => void): Promise<void> {
    this.#keeper.keep(channel);
    try {
      await super.setupChannel(channel, resolve);
    } catch (error) {
      this.logger.error(`cannot publish to ${this.queue}, trying again: ${String(error)}`);
      this.#keeper.lose(channel);
    }
  }

  override async close(): Promise<void> {
    this.#closed = true;
    this.#keeper.close();
    await super.close();
  }
}
