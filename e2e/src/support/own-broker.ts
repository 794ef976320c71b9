import { startGuardian, startPrivateBroker } from '@distrace/broker';
import type { PrivateBroker } from '@distrace/broker';
import { connect } from 'amqplib';
import type { ConfirmChannel } from 'amqplib';

/** A RabbitMQ node that a scenario may stop, and a channel to look into its queues. */
export interface OwnBroker extends AsyncDisposable {
  readonly node: PrivateBroker;
  readonly channel: ConfirmChannel;
}

/** Starts a private node with a guardian of its own. The channel does not survive a stop of the node. */
export async function startOwnBroker(): Promise<OwnBroker> {
  const guardian = startGuardian();
  const node = await startPrivateBroker({ guardian });
  const connection = await connect(node.url);
  connection.on('error', () => undefined);
  const channel = await connection.createConfirmChannel();
  return {
    node,
    channel,
    async [Symbol.asyncDispose]() {
      await connection.close().catch(() => undefined);
      await node.stop();
      await guardian.close();
    },
  };
}
