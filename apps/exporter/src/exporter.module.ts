import { ACK_OPTIONS, notifyFailure, rmqClientOptions, type AckOptions } from '@distrace/messaging';
import { Module, type DynamicModule } from '@nestjs/common';
import { ClientsModule, type ClientProxy } from '@nestjs/microservices';
import { NOTIFICATIONS_CLIENT, ResultsController } from './results.controller.js';
import { DATA_DIR, ResultArchive } from './storage/result-archive.js';

/** Where results come from, and where they are kept. */
export interface ExporterModuleOptions {
  readonly url: string;
  readonly prefix: string;
  /** Folder of `results.db` and `results/`; created when missing. */
  readonly dataDir: string;
}

@Module({})
// oxlint-disable-next-line typescript/no-extraneous-class -- a Nest module is a class
export class ExporterModule {
  static forBroker({ url, prefix, dataDir }: ExporterModuleOptions): DynamicModule {
    return {
      module: ExporterModule,
      imports: [
        ClientsModule.register([
          { name: NOTIFICATIONS_CLIENT, ...rmqClientOptions({ url, prefix, queue: 'notifications' }) },
        ]),
      ],
      controllers: [ResultsController],
      providers: [
        ResultArchive,
        { provide: DATA_DIR, useValue: dataDir },
        {
          provide: ACK_OPTIONS,
          inject: [NOTIFICATIONS_CLIENT],
          useFactory: (client: ClientProxy): AckOptions => ({ giveUp: notifyFailure(client) }),
        },
      ],
    };
  }
}
