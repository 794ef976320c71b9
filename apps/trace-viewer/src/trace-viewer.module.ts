import { fileURLToPath } from 'node:url';
import {
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { HealthCheck } from './health.js';
import { CollectorController } from './http/collector.controller.js';
import { PAGE_FILES, PageController } from './http/page.controller.js';
import { readPageFiles } from './http/page-files.js';
import { QueryController } from './http/query.controller.js';
import { ABOUT, HEALTH_CHECKS, StatusController, type About } from './http/status.controller.js';
import { UiController } from './http/ui.controller.js';
import { VIEWER, type Viewer } from './viewer.js';

// Beside src and dist alike: the build puts the page into dist/page.
const PAGE_FOLDER = fileURLToPath(new URL('../dist/page/', import.meta.url));

/** What the module serves. */
export interface TraceViewerModuleOptions {
  readonly viewer: Viewer;
  readonly checks: readonly HealthCheck[];
  readonly about: About;
  /** Default: where the build puts the page. */
  readonly pageFolder?: string;
}

@Module({})
export class TraceViewerModule implements OnModuleDestroy, OnApplicationShutdown {
  readonly #viewer: Viewer;

  constructor(@Inject(VIEWER) viewer: Viewer) {
    this.#viewer = viewer;
  }

  static forViewer({
    viewer,
    checks,
    about,
    pageFolder = PAGE_FOLDER,
  }: TraceViewerModuleOptions): DynamicModule {
    return {
      module: TraceViewerModule,
      // The page comes last: it answers whatever is left.
      controllers: [CollectorController, QueryController, UiController, StatusController, PageController],
      providers: [
        { provide: VIEWER, useValue: viewer },
        { provide: HEALTH_CHECKS, useValue: checks },
        { provide: ABOUT, useValue: about },
        { provide: PAGE_FILES, useFactory: () => readPageFiles(pageFolder) },
      ],
    };
  }

  /** Streams of events never end by themselves and would hold up the end of the server. */
  onModuleDestroy(): void {
    this.#viewer.events.close();
  }

  onApplicationShutdown(): void {
    this.#viewer.store.close();
  }
}
