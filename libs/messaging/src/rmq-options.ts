import type { Type } from '@nestjs/common';
import type { ClientProvider, ClientProxy, RmqOptions } from '@nestjs/microservices';
import { DeadLetterDeserializer } from './dead-letter-deserializer.js';
import { EventDeserializer } from './event-deserializer.js';
import { QueueClient } from './queue-client.js';
import { QueueServer } from './queue-server.js';
import { FAILURES, queueArguments, queueName, type ConsumedQueue, type QueueName } from './topology.js';

/** Which queue of which deployment. */
export interface QueueAddress {
  /** AMQP URL of the broker. */
  readonly url: string;
  /** Queue prefix; may be empty. */
  readonly prefix: string;
  readonly queue: QueueName;
}

/** Options of {@link rmqServerOptions}. */
export interface RmqServerOptions extends Omit<QueueAddress, 'queue'> {
  readonly queue: ConsumedQueue;
  /** Messages handled at the same time. Default 8. */
  readonly prefetchCount?: number;
}

/**
 * Options for `connectMicroservice`: consumes one queue and acknowledges by hand. Its `strategy` is Nest's
 * RabbitMQ transport, to be given to `Drain` and `BrokerHealth` as well.
 */
export function rmqServerOptions({ prefetchCount = 8, ...address }: RmqServerOptions): {
  readonly strategy: QueueServer;
} {
  const { prefix } = address;
  const deserializer =
    address.queue === FAILURES ? new DeadLetterDeserializer() : new EventDeserializer(address.queue);
  const queue = queueName(prefix, address.queue);
  return {
    strategy: new QueueServer(
      { ...connectionOptions(address), noAck: false, prefetchCount, deserializer },
      // Of two clients each would hear only of some tasks; executors and exporters share theirs on purpose.
      { prefix, queue, prefetchCount, sole: address.queue === 'notifications' },
    ),
  };
}

/** Options of {@link rmqClientOptions}. */
export interface RmqClientOptions extends QueueAddress {
  /** Milliseconds that a message waits for a broker that is away before it is refused. Default 0. */
  readonly connectWaitMs?: number;
}

/** Options for one entry of `ClientsModule.register`, without its `name`: persistent messages, confirmed by the broker. */
export function rmqClientOptions({
  connectWaitMs = 0,
  ...address
}: RmqClientOptions): Extract<ClientProvider, { customClass: unknown }> {
  const { prefix } = address;
  return {
    // Nest's own ClientRMQ does not fit its `Type<ClientProxy>` either: the status subject is invariant.
    customClass: QueueClient as unknown as Type<ClientProxy>,
    options: {
      ...connectionOptions(address),
      queueOptions: { durable: true, arguments: queueArguments(prefix) },
      persistent: true,
      connectWaitMs,
    },
  };
}

function connectionOptions({
  url,
  prefix,
  queue,
}: Omit<QueueAddress, 'queue'> & { readonly queue: ConsumedQueue }): Required<RmqOptions>['options'] {
  return {
    urls: [url],
    queue: queueName(prefix, queue),
    socketOptions: { heartbeatIntervalInSeconds: 5, reconnectTimeInSeconds: 1 },
  };
}
