import type { Type } from '@nestjs/common';
import type { ClientProvider, ClientProxy, RmqOptions } from '@nestjs/microservices';
import { EventDeserializer } from './event-deserializer.js';
import { QueueClient } from './queue-client.js';
import { QueueServer } from './queue-server.js';
import { queueArguments, queueName, type QueueName } from './topology.js';

/** Which queue of which deployment. */
export interface QueueAddress {
  /** AMQP URL of the broker. */
  readonly url: string;
  /** Queue prefix; may be empty. */
  readonly prefix: string;
  readonly queue: QueueName;
}

/** Options of {@link rmqServerOptions}. */
export interface RmqServerOptions extends QueueAddress {
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
  const queue = queueName(prefix, address.queue);
  return {
    strategy: new QueueServer(
      { ...connectionOptions(address), noAck: false, prefetchCount, deserializer: new EventDeserializer() },
      { prefix, queue, prefetchCount },
    ),
  };
}

/** Options for one entry of `ClientsModule.register`, without its `name`: persistent messages, confirmed by the broker. */
export function rmqClientOptions(address: QueueAddress): Extract<ClientProvider, { customClass: unknown }> {
  return {
    // Nest's own ClientRMQ does not fit its `Type<ClientProxy>` either: the status subject is invariant.
    customClass: QueueClient as unknown as Type<ClientProxy>,
    options: { ...connectionOptions(address), persistent: true },
  };
}

function connectionOptions({ url, prefix, queue }: QueueAddress): Required<RmqOptions>['options'] {
  return {
    urls: [url],
    queue: queueName(prefix, queue),
    queueOptions: { durable: true, arguments: queueArguments(prefix) },
    socketOptions: { heartbeatIntervalInSeconds: 5, reconnectTimeInSeconds: 1 },
  };
}
