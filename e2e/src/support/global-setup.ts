import { startGuardian, startPrivateBroker } from '@distrace/broker';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    amqpUrl: string;
  }
}

/** One private RabbitMQ node for all scenarios; those that stop brokers start one of their own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const guardian = startGuardian();
  const broker = await startPrivateBroker({ guardian });
  project.provide('amqpUrl', broker.url);
  return async () => {
    await broker.stop();
    await guardian.close();
  };
}
