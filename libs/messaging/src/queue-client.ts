import { ClientRMQ } from '@nestjs/microservices';
import type { Channel } from 'amqplib';
import { asBrokerAwayError } from './broker-away-error.js';
import { ChannelKeeper, type Reconnectable } from './channel-keeper.js';

/**
 * Nest's RabbitMQ client that gets a new channel when the broker closes its channel alone, and whose rejections
 * are errors.
 */
export class QueueClient extends ClientRMQ {
  readonly #keeper = new ChannelKeeper({
    logger: this.logger,
    connection: () => this.client as Reconnectable | null,
  });

  override async connect(): Promise<unknown> {
    try {
      return (await super.connect()) as unknown;
    } catch (reason) {
      throw asBrokerAwayError(reason);
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
    this.#keeper.close();
    await super.close();
  }
}
