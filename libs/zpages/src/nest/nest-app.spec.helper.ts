import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Module } from '@nestjs/common';
import type { INestApplication, LoggerService, ModuleMetadata, NestApplicationOptions } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { NestFactory } from '@nestjs/core';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import type { Tracer } from '@opentelemetry/api';
import { ask } from '../core/http/serve.spec.helper.js';
import type { Asked, Said } from '../core/http/serve.spec.helper.js';
import { SpanAggregator, TracezSpanProcessor } from '../index.js';
import { ZpagesService } from './zpages.service.js';

/** Makes the HTTP adapter of an application. */
export type MakeAdapter = () => AbstractHttpAdapter;

/** A module class of this metadata. */
export function moduleOf(metadata: ModuleMetadata) {
  // oxlint-disable-next-line typescript/no-extraneous-class -- a Nest module is a class
  class AppModule {}
  Module(metadata)(AppModule);
  return AppModule;
}

/** Keeps what Nest logs, as `level context: message`. */
export class KeptLogs implements LoggerService {
  readonly lines: string[] = [];
  log = (...line: unknown[]) => this.#keep('log', line);
  warn = (...line: unknown[]) => this.#keep('warn', line);
  error = (...line: unknown[]) => this.#keep('error', line);

  /** The lines of ZpagesModule. */
  get ours(): readonly string[] {
    return this.lines.filter((line) => line.includes(' ZpagesModule: '));
  }

  #keep(level: string, [message, ...context]: unknown[]): void {
    this.lines.push(`${level} ${String(context.at(-1))}: ${String(message)}`);
  }
}

/** A tracer whose spans a processor of its own gets. */
export function traced(): { processor: TracezSpanProcessor; tracer: Tracer } {
  const processor = new TracezSpanProcessor(new SpanAggregator({ sampleIntervalMs: 0 }));
  return { processor, tracer: new TracerProvider({ spanProcessors: [processor] }).getTracer('spec') };
}

/** An application that listens. */
export interface Started extends AsyncDisposable {
  readonly app: INestApplication;
  readonly logs: KeptLogs;
  readonly zpages: ZpagesService;
  readonly port: number;
  /** Asks the application's own port. */
  get(path: string, asked?: Asked): Promise<Said>;
}

export interface StartOptions extends NestApplicationOptions {
  /** What `main.ts` does between create and listen. */
  readonly main?: (app: INestApplication) => unknown;
}

/** Starts an application as `main.ts` would. */
export async function start(
  makeAdapter: MakeAdapter,
  metadata: ModuleMetadata,
  { main, ...options }: StartOptions = {},
): Promise<Started> {
  const logs = new KeptLogs();
  const all = { logger: logs, abortOnError: false, forceCloseConnections: true, ...options };
  const app = await NestFactory.create(moduleOf(metadata), makeAdapter(), all);
  await main?.(app);
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  return {
    app,
    logs,
    zpages: app.get(ZpagesService),
    port,
    get: (path, asked) => ask(port, path, asked),
    [Symbol.asyncDispose]: () => app.close(),
  };
}
