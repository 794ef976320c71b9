import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { createPages } from '../core/index.js';
import type { ListeningPages, SpanAggregator, ZpagesPages } from '../core/index.js';
import { sharedAggregator } from '../core/shared-aggregator.js';
import { checkOptions } from './check-options.js';
import type { CheckedOptions } from './check-options.js';
import { ZPAGES_OPTIONS } from './module-options.js';
import type { ZpagesModuleOptions } from './module-options.js';
import { mount } from './mount.js';
import { serverUrl } from './server-url.js';

/** The pages of this application, and what they show. */
@Injectable()
export class ZpagesService implements OnModuleInit, OnApplicationShutdown {
  /** Who counts the spans; answers queries. */
  readonly aggregator: SpanAggregator;
  /** The pages themselves, and their handler for a server of your own. */
  readonly pages: ZpagesPages;

  readonly #logger = new Logger('ZpagesModule');
  readonly #options: CheckedOptions;
  readonly #host: HttpAdapterHost;
  #isMounted = false;
  #opening: Promise<void> | undefined;
  #own: ListeningPages | undefined;

  /** @throws ZpagesError for an option that breaks its rule. */
  constructor(
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
    @Inject(ZPAGES_OPTIONS) options: ZpagesModuleOptions,
  ) {
    this.#host = host;
    this.#options = checkOptions(options);
    this.aggregator = this.#options.processor?.aggregator ?? sharedAggregator();
    this.pages = createPages(this.aggregator, this.#options);
    // NestFactory sets the adapter before providers are made, a testing module after; a microservice has null.
    if (this.#options.port === undefined) host.init$.subscribe(() => this.#mount());
  }

  /**
   * Where the pages are, with a `/` at the end. Undefined until the application listens, on a socket without a
   * port, and when the port of their own could not be had.
   */
  get url(): string | undefined {
    if (!this.#isMounted) return this.#own?.url;
    return serverUrl(this.#host.httpAdapter.getHttpServer(), `${this.#options.path}/`);
  }

  async onModuleInit(): Promise<void> {
    // Nest calls this again for each microservice of a hybrid application that initializes later.
    this.#opening ??= this.#start();
    await this.#opening;
  }

  /** The last hook of all, so that the pages show what still ends while the application closes. */
  async onApplicationShutdown(): Promise<void> {
    await this.pages.close();
    this.#own = undefined;
  }

  #mount(): void {
    const { httpAdapter } = this.#host;
    if (httpAdapter == null || this.#isMounted) return;
    try {
      mount(httpAdapter, this.#options.path, this.pages.handler);
      this.#isMounted = true;
      this.#logger.log(`zPages under ${this.#options.path}`);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#logger.warn(`zPages cannot be put on this HTTP adapter (${why}): they get a port of their own.`);
    }
  }

  async #start(): Promise<void> {
    const result = this.aggregator.query({ kind: 'aggregations' });
    if (result.ok && result.answer.self.processors === 0) {
      this.#logger.warn(
        'zPages show the spans that a span processor hands over, and there is none: they will stay empty. ' +
          'Give one to the tracer provider: createTracing({ spanProcessors: [tracezProcessor()] }).',
      );
    }
    if (!this.#isMounted) await this.#open();
  }

  async #open(): Promise<void> {
    const { port = 0, host = '127.0.0.1' } = this.#options;
    try {
      this.#own = await this.pages.listen({ port, host, unref: true });
      this.#logger.log(`zPages on ${this.#own.url}`);
    } catch (error) {
      const { code = String(error) } = error as NodeJS.ErrnoException;
      this.#logger.warn(
        `zPages get a port of their own, and ${host}:${port} cannot be had (${code}): the application goes on ` +
          'without them. Give ZpagesModule another port, or 0 for a free one.',
      );
    }
  }
}
