import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DiscoveryService, LazyModuleLoader } from '@nestjs/core';
import { TRACING_OPTIONS } from '../nest/tracing-options.js';
import type { MessagingTracingOptions, TracingOptions } from '../nest/tracing-options.js';
import { findClients } from './find-clients.js';
import type { ProviderLike } from './find-clients.js';
import { isRmqClient } from './rmq-client.js';
import { traceClient } from './trace-client.js';

const HOOKED = Symbol.for('distrace.rmq.hooked-provider');

/** A provider that a factory makes; the factory stands where a class has its constructor. */
interface FactoryProvider extends ProviderLike {
  readonly isFactory?: boolean;
  readonly isTransient?: boolean;
  metatype: unknown;
  isDependencyTreeStatic?(): boolean;
  [HOOKED]?: true;
}

/**
 * Traces every RabbitMQ client of the application that Nest knows of: providers, and properties of providers and
 * controllers. Clients that a factory makes per request are traced as they are made, those of lazily loaded modules
 * when the module is there.
 */
@Injectable()
export class ClientHooks implements OnModuleInit {
  readonly #discovery: DiscoveryService;
  readonly #messaging: MessagingTracingOptions | false;

  constructor(
    @Inject(DiscoveryService) discovery: DiscoveryService,
    @Inject(LazyModuleLoader) loader: LazyModuleLoader,
    @Inject(TRACING_OPTIONS) { messaging = {} }: TracingOptions,
  ) {
    this.#discovery = discovery;
    this.#messaging = messaging;
    if (messaging !== false) this.#scanAfterLoading(loader);
  }

  /** In a hybrid application Nest calls this again for each microservice, after it made new `@Client()` ones. */
  onModuleInit(): void {
    if (this.#messaging !== false) this.#scan(this.#messaging);
  }

  #scan(messaging: MessagingTracingOptions): void {
    const providers: readonly ProviderLike[] = this.#discovery.getProviders();
    for (const provider of [...providers, ...this.#discovery.getControllers()]) {
      for (const client of findClients(provider)) traceClient(client, messaging);
    }
    for (const provider of providers) traceMadePerRequest(provider as FactoryProvider, messaging);
  }

  /** Nest calls no hook of a module that is loaded later. */
  #scanAfterLoading(loader: LazyModuleLoader & { [HOOKED]?: true }): void {
    if (loader[HOOKED] === true) return;
    Object.defineProperty(loader, HOOKED, { value: true });
    const load = loader.load.bind(loader);
    loader.load = async (...args) => {
      const moduleRef = await load(...args);
      this.onModuleInit();
      return moduleRef;
    };
  }
}

/** There is no instance to find for these: Nest calls the factory for each request, or for each that injects it. */
function traceMadePerRequest(provider: FactoryProvider, messaging: MessagingTracingOptions): void {
  if (provider.isFactory !== true || typeof provider.metatype !== 'function') return;
  if (provider.isTransient !== true && provider.isDependencyTreeStatic?.() !== false) return;
  if (provider[HOOKED] === true) return;
  Object.defineProperty(provider, HOOKED, { value: true });
  provider.metatype = new Proxy(provider.metatype, {
    apply(factory, self, args) {
      const made: unknown = Reflect.apply(factory as () => unknown, self, args);
      if (made instanceof Promise) return made.then((client: unknown) => traced(client, messaging));
      return traced(made, messaging);
    },
  });
}

function traced(made: unknown, messaging: MessagingTracingOptions): unknown {
  if (isRmqClient(made)) traceClient(made, messaging);
  return made;
}
