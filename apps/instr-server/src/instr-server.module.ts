import {
  Inject,
  Module,
  type DynamicModule,
  type MiddlewareConsumer,
  type NestModule,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { INSTR_SERVER, type InstrServerCore } from './core.js';
import { openInstrServer, type Seams } from './open-core.js';
import { AdminController } from './http/admin.controller.js';
import { ContentController } from './http/content.controller.js';
import { frontDoor } from './http/front-door.js';
import { HandshakeController } from './http/handshake.controller.js';
import { InstrumentController } from './http/instrument.controller.js';
import { StatusController } from './http/status.controller.js';
import type { InstrServerOptions } from './options.js';

/**
 * The instrumentation server. An extended one is an app that imports it; create that by `createInstrServer`, or by
 * Nest's own factory with `bodyParser: false`.
 *
 * @example
 * @Module({ imports: [InstrServerModule.forRoot({ extensions: ['./my-extension'] })] })
 * class MyServer {}
 */
@Module({})
export class InstrServerModule implements NestModule, OnApplicationShutdown {
  readonly #core: InstrServerCore;

  constructor(@Inject(INSTR_SERVER) core: InstrServerCore) {
    this.#core = core;
  }

  /** Extensions are loaded when the app is created: one that cannot be fails that, with file and line. */
  static forRoot(options: InstrServerOptions, seams?: Seams): DynamicModule {
    return {
      module: InstrServerModule,
      controllers: [
        HandshakeController,
        InstrumentController,
        ContentController,
        AdminController,
        StatusController,
      ],
      providers: [{ provide: INSTR_SERVER, useFactory: () => openInstrServer(options, seams) }],
      exports: [INSTR_SERVER],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(frontDoor(this.#core)).forRoutes('{*path}');
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#core.close();
  }
}
