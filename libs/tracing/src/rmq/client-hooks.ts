import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { TRACING_OPTIONS } from '../nest/tracing-options.js';
import type { TracingOptions } from '../nest/tracing-options.js';
import { isRmqClient, traceClient } from './trace-client.js';

/** Traces every RabbitMQ client that is a provider of the application. */
@Injectable()
export class ClientHooks implements OnModuleInit {
  readonly #discovery: DiscoveryService;
  readonly #options: TracingOptions;

  constructor(
    @Inject(DiscoveryService) discovery: DiscoveryService,
    @Inject(TRACING_OPTIONS) options: TracingOptions,
  ) {
    this.#discovery = discovery;
    this.#options = options;
  }

  onModuleInit(): void {
    const { messaging = {} } = this.#options;
    if (messaging === false) return;
    for (const wrapper of this.#discovery.getProviders()) {
      const instance: unknown = wrapper.instance;
      if (isRmqClient(instance)) traceClient(instance, messaging);
    }
  }
}
