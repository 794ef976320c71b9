import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { context } from '@opentelemetry/api';
import type { Subscription } from 'rxjs';
import { TRACING_OPTIONS } from '../nest/tracing-options.js';
import type {
  ErrorTracingOptions,
  MessagingTracingOptions,
  TracingOptions,
} from '../nest/tracing-options.js';
import { endSpan } from '../core/index.js';
import { createConsumerSpans, isRmqContext } from './consumer-span.js';
import { beginHandling, handlingOf } from './handlings.js';

type Done = () => Promise<unknown>;
type StartHook = (transport: unknown, context: unknown, done: Done) => unknown;
type EndHook = (transport: unknown, context: unknown) => void;

/** The seams of Nest's servers; each holds a single function, so what was there is called, too. */
interface HookedServer {
  readonly queue?: unknown;
  readonly urls?: unknown;
  onProcessingStartHook?: StartHook;
  onProcessingEndHook?: EndHook;
  setOnProcessingStartHook?(hook: StartHook): void;
  setOnProcessingEndHook?(hook: EndHook): void;
}

const HOOKED = Symbol.for('distrace.rmq.hooked-server');

/** Hooks every RabbitMQ server of the application, also those connected later. */
@Injectable()
export class ServerHooks implements OnModuleDestroy {
  readonly #subscription: Subscription | undefined;

  constructor(
    @Inject(ModulesContainer) modules: ModulesContainer,
    @Inject(TRACING_OPTIONS) { messaging = {}, errors }: TracingOptions,
  ) {
    if (messaging === false) return;
    this.#subscription = modules
      .getRpcTargetRegistry<HookedServer>()
      .subscribe((server) => hookServer(server, messaging, errors));
  }

  onModuleDestroy(): void {
    this.#subscription?.unsubscribe();
  }
}

function hookServer(
  server: HookedServer & { [HOOKED]?: true },
  options: MessagingTracingOptions,
  errors?: ErrorTracingOptions,
): void {
  if (server[HOOKED] === true || server.setOnProcessingStartHook === undefined) return;
  Object.defineProperty(server, HOOKED, { value: true });
  const queue = typeof server.queue === 'string' ? server.queue : '';
  const startConsumer = createConsumerSpans({ queue, urls: server.urls }, options);

  const previousStart = server.onProcessingStartHook;
  server.setOnProcessingStartHook(function (this: unknown, transport, rpcContext, done) {
    const next = () =>
      previousStart === undefined ? done() : previousStart.call(this, transport, rpcContext, done);
    const ctx = begin(rpcContext);
    return ctx === undefined ? next() : context.with(ctx, next);
  });

  const previousEnd = server.onProcessingEndHook;
  server.setOnProcessingEndHook?.(function (this: unknown, transport, rpcContext) {
    const handling = handlingOf(rpcContext);
    if (handling !== undefined) endSpan(handling.span);
    previousEnd?.call(this, transport, rpcContext);
  });

  function begin(rpcContext: unknown) {
    try {
      if (!isRmqContext(rpcContext)) return undefined;
      const handling = startConsumer(rpcContext.getMessage());
      beginHandling(rpcContext as object, { ...handling, errors });
      return handling.ctx;
    } catch {
      // The message is handled whether or not it can be traced.
      return undefined;
    }
  }
}
