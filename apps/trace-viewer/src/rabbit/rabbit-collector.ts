import { connect, type AmqpConnectionManager, type ChannelWrapper } from 'amqp-connection-manager';
import type { Channel, ConsumeMessage } from 'amqplib';
import { messageOf } from '@distrace/nest-server';
import { isBadBody, type Collector } from '../collector/collector.js';
import { ViewerError } from '../errors.js';
import { warnSeldom } from '../warn-seldom.js';

/** Which queue to read. */
export interface RabbitOptions {
  /** AMQP URLs of one cluster; tried in turn. */
  readonly urls: readonly string[];
  /** Default `zipkin`. Declared durable, as Zipkin does. */
  readonly queue?: string;
  /** Messages that are here and not acknowledged yet. Default 10. */
  readonly prefetch?: number;
  /** Milliseconds before a message that could not be saved is handed back, or a lost queue declared again. Default 1000. */
  readonly retryMs?: number;
}

/** Options of a {@link RabbitCollector}. */
export interface RabbitCollectorOptions extends RabbitOptions {
  /** Longer messages are dropped. Default: any length. */
  readonly maxBodyBytes?: number;
  readonly warn: (message: string) => void;
}

/**
 * Takes lists of spans from a queue. Unlike Zipkin's collector it acknowledges a message once its spans are stored.
 * One that cannot be read is counted and dropped: it would come back for ever.
 */
export class RabbitCollector {
  readonly queue: string;
  readonly #collector: Collector;
  readonly #options: Required<Omit<RabbitCollectorOptions, 'queue'>>;
  /** `/metrics` counts each. */
  readonly #warnOfDrop: (why: string) => void;
  readonly #warnOfReturn: (why: string) => void;
  readonly #retries = new Set<NodeJS.Timeout>();
  #connection: AmqpConnectionManager | undefined;
  #channel: ChannelWrapper | undefined;
  #problem: string | undefined = 'not connected yet';

  constructor(
    collector: Collector,
    {
      urls,
      queue = 'zipkin',
      prefetch = 10,
      retryMs = 1000,
      maxBodyBytes = Infinity,
      warn,
    }: RabbitCollectorOptions,
  ) {
    this.#collector = collector;
    this.queue = queue;
    this.#options = { urls, prefetch, retryMs, maxBodyBytes, warn };
    const ofDrop = warnSeldom(warn);
    const ofReturn = warnSeldom(warn);
    this.#warnOfDrop = (why) =>
      ofDrop(`Messages of the queue ${queue} are dropped, such as this one. ${why}`);
    this.#warnOfReturn = (why) =>
      ofReturn(`Messages of the queue ${queue} go back, such as this one. ${why}`);
  }

  /** Why nothing comes in; undefined while it does. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Connects, and connects again whenever the broker has been away. */
  start(): void {
    const connection = connect([...this.#options.urls], {
      heartbeatIntervalInSeconds: 15,
      reconnectTimeInSeconds: 1,
    });
    this.#connection = connection;
    connection.on('connectFailed', ({ err }) => this.#fail(err));
    connection.on('disconnect', ({ err }) => this.#fail(err));
    this.#channel = connection.createChannel({ setup: (channel: Channel) => this.#consume(channel) });
    this.#channel.on('error', (error: Error) => this.#fail(error));
  }

  async close(): Promise<void> {
    for (const timer of this.#retries) clearTimeout(timer);
    await this.#channel?.close().catch(() => undefined);
    await this.#connection?.close();
  }

  async #consume(channel: Channel): Promise<void> {
    await channel.assertQueue(this.queue, { durable: true });
    await channel.prefetch(this.#options.prefetch);
    await channel.consume(this.queue, (message) => void this.#take(channel, message));
    this.#problem = undefined;
  }

  async #take(channel: Channel, message: ConsumeMessage | null): Promise<void> {
    if (message === null) {
      this.#fail(new Error('it was deleted; it is declared again'));
      this.#later(() => void this.#consume(channel).catch((error: unknown) => this.#fail(error)));
      return;
    }
    const { length } = message.content;
    if (length > this.#options.maxBodyBytes) {
      this.#collector.drop('rabbitmq');
      this.#warnOfDrop(`It has ${length} bytes, and may have ${this.#options.maxBodyBytes}.`);
      settle(() => channel.ack(message));
      return;
    }
    try {
      await this.#collector.accept({ body: message.content, transport: 'rabbitmq' });
    } catch (error) {
      // Anything else is the body's fault, known or not: given back, it would come again for ever.
      if (error instanceof ViewerError) {
        this.#giveBackLater(channel, message, error);
        return;
      }
      this.#warnOfDrop(isBadBody(error) ? `${error.code}: ${error.message}` : messageOf(error));
    }
    settle(() => channel.ack(message));
  }

  #giveBackLater(channel: Channel, message: ConsumeMessage, error: unknown): void {
    this.#warnOfReturn(messageOf(error));
    this.#later(() => settle(() => channel.nack(message)));
  }

  #later(act: () => void): void {
    const timer = setTimeout(() => {
      this.#retries.delete(timer);
      act();
    }, this.#options.retryMs);
    this.#retries.add(timer);
  }

  #fail(error: unknown): void {
    const message = withoutPassword(messageOf(error));
    // Said once per reason: the broker may be away for hours.
    if (message !== this.#problem) this.#options.warn(`The queue ${this.queue} cannot be read: ${message}`);
    this.#problem = message;
  }
}

/** A channel that has closed meanwhile gives its messages back by itself. */
function settle(act: () => void): void {
  try {
    act();
  } catch {
    // Closed: nothing is left to do.
  }
}

function withoutPassword(text: string): string {
  return text.replaceAll(/\/\/[^@/\s]*@/g, '//***@');
}
