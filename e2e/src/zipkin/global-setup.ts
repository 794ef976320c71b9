import { findZipkin, startZipkin } from '@distrace/zipkin-server';
import { startGuardian, startPrivateBroker } from '@distrace/broker';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Empty where the real Zipkin cannot be had. */
    zipkinUrl: string;
  }
}

/** One real Zipkin for the whole contract, and a RabbitMQ node for the services that send to it. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const found = findZipkin();
  if (found.how === 'none') {
    console.warn(`\nThe contract with the real Zipkin is NOT tested here: ${found.why}\n`);
    project.provide('zipkinUrl', '');
    project.provide('amqpUrl', '');
    return undefined;
  }
  const zipkin = await startZipkin(found, { env: { AUTOCOMPLETE_KEYS: 'http.method,environment' } });
  const guardian = startGuardian();
  const broker = await startPrivateBroker({ guardian });
  project.provide('zipkinUrl', zipkin.url);
  project.provide('amqpUrl', broker.url);
  return async () => {
    await broker.stop();
    await guardian.close();
    await zipkin[Symbol.asyncDispose]();
  };
}
