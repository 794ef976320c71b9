import { Module, type DynamicModule, type INestApplication, type INestMicroservice } from '@nestjs/common';
import { DRAIN_OPTIONS, Drain, type DrainOptions } from './drain.js';
import { BrokerHealth, HealthController, SERVICE_NAME } from './health.js';
import { rmqServerOptions, type RmqServerOptions } from './rmq-options.js';

/** Options of {@link MessagingModule}. */
export interface MessagingModuleOptions {
  /** Name of the service, shown by `GET /health`. */
  readonly service: string;
  readonly drain?: DrainOptions;
}

/** Health endpoint and drain of a service that consumes one queue. Global: the ack interceptor needs the drain. */
@Module({})
// oxlint-disable-next-line typescript/no-extraneous-class -- a Nest module is a class
export class MessagingModule {
  static forService({ service, drain = {} }: MessagingModuleOptions): DynamicModule {
    return {
      module: MessagingModule,
      global: true,
      controllers: [HealthController],
      providers: [
        BrokerHealth,
        Drain,
        { provide: SERVICE_NAME, useValue: service },
        { provide: DRAIN_OPTIONS, useValue: drain },
      ],
      exports: [BrokerHealth, Drain],
    };
  }
}

/**
 * Connects a queue to a hybrid application that imports {@link MessagingModule}. Initialisation is deferred, so
 * hooks can still be attached to the microservice before `startAllMicroservices()`.
 */
export function connectQueue(app: INestApplication, options: RmqServerOptions): INestMicroservice {
  const { strategy } = rmqServerOptions(options);
  app.get(Drain).add(strategy);
  app.get(BrokerHealth).watch(strategy);
  return app.connectMicroservice({ strategy }, { deferInitialization: true });
}
