import type { ClientProxy } from '@nestjs/microservices';
import type { MessagingTracingOptions } from '../nest/tracing-options.js';
import { isRmqClient } from './rmq-client.js';
import { traceClient as traceRmqClient } from './trace-client.js';

/**
 * Traces a RabbitMQ client that Nest does not know of, because `ClientProxyFactory.create` or `new ClientRMQ` made it
 * outside of a provider's constructor. Answers the client, which is changed in place and once, however often this is
 * called. A client of another transport is left alone.
 *
 * @param options the `messaging` options; give those of the module when there are any. Default `{}`.
 *
 * @example
 * const client = traceClient(ClientProxyFactory.create({ transport: Transport.RMQ, options: { queue: 'orders' } }));
 */
export function traceClient<T extends Pick<ClientProxy, 'emit' | 'send'>>(
  client: T,
  options: MessagingTracingOptions = {},
): T {
  if (isRmqClient(client)) traceRmqClient(client, options);
  return client;
}
