import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { messageOf } from '@distrace/nest-server';
import { ViewerError } from './errors.js';
import type { HealthCheck } from './health.js';
import { configureHttp } from './http/configure-http.js';
import { ViewerHttpAdapter, type PeerLimits } from './http/http-adapter.js';
import { RabbitCollector, type RabbitOptions } from './rabbit/rabbit-collector.js';
import { TraceViewerModule } from './trace-viewer.module.js';
import { createViewer, type Viewer, type ViewerOptions } from './viewer.js';

/** Options of {@link createTraceViewer}. */
export interface TraceViewerOptions extends ViewerOptions {
  /** Also reads spans from a queue. Default: no. */
  readonly rabbit?: RabbitOptions;
  /** Whether it ends with the process that started it; `/info` says so. Default: no. */
  readonly endsWithParent?: boolean;
  readonly peers?: PeerLimits;
}

/** Where a viewer listens. */
export interface ListenOptions {
  /** 0 for one that is free. */
  readonly port: number;
  /** Default 127.0.0.1: this machine only. */
  readonly host?: string;
}

/** A trace viewer in this process. */
export interface TraceViewer {
  readonly app: NestExpressApplication;
  readonly viewer: Viewer;
  /** Listens; gives the address, such as `http://127.0.0.1:9411`. @throws ViewerError when the port cannot be had. */
  listen(options: ListenOptions): Promise<string>;
  /** Ends everything; what is stored in a file is there at the next start. */
  close(): Promise<void>;
}

/** Makes a viewer, with its store open. @throws ViewerError when the file cannot be used. */
export async function createTraceViewer(options: TraceViewerOptions = {}): Promise<TraceViewer> {
  const { rabbit, allowedHosts = [], allowedOrigins = [], warn = console.warn, file, pageFolder } = options;
  const { endsWithParent = false } = options;
  const viewer = createViewer(options);
  const queue =
    rabbit && new RabbitCollector(viewer.collector, { ...rabbit, maxBodyBytes: viewer.maxBodyBytes, warn });
  const checks: HealthCheck[] = [
    {
      name: file === undefined ? 'InMemoryStorage{}' : `FileStorage{${file}}`,
      problem: () => viewer.store.problem,
    },
  ];
  if (queue) checks.push({ name: `RabbitMQCollector{${queue.queue}}`, problem: () => queue.problem });
  const app = await NestFactory.create<NestExpressApplication>(
    TraceViewerModule.forViewer({ viewer, checks, about: { endsWithParent }, pageFolder }),
    new ViewerHttpAdapter(options.peers),
    { logger: ['warn', 'fatal'], abortOnError: false, bodyParser: false },
  );
  configureHttp(app, { allowedHosts, allowedOrigins, warn });
  return {
    app,
    viewer,
    listen: async ({ port, host = '127.0.0.1' }) => {
      try {
        await app.listen(port, host);
      } catch (cause) {
        throw portTaken(port, host, cause);
      }
      queue?.start();
      return await app.getUrl();
    },
    close: async () => {
      await queue?.close();
      await app.close();
    },
  };
}

function portTaken(port: number, host: string, cause: unknown): ViewerError {
  return new ViewerError(
    'DT_ERR_VIEWER_PORT',
    `The viewer must have port ${port} on ${host}, but ${messageOf(cause)}. Set PORT to another one, or end what listens there.`,
    { cause },
  );
}
