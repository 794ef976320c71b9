import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { context } from '@opentelemetry/api';
import type { Subscription } from 'rxjs';
import { takeHookSlot } from '../nest/hook-slot.js';
import { TRACING_OPTIONS } from '../nest/tracing-options.js';
import type {
  ErrorTracingOptions,
  MessagingTracingOptions,
  TracingOptions,
} from '../nest/tracing-options.js';
import { joinAmqplibInstrumentation } from './amqplib-instrumentation.js';
import { createConsumerSpans, isRmqContext } from './consumer-span.js';
import type { Handling } from './consumer-span.js';
import { beginHandling, endHandling, handlingOf } from './handlings.js';
import { rememberRoutes } from './route-memo.js';
import type { RoutingServer } from './route-memo.js';
import { unlessIdle, watchStartHook } from './start-hook.js';
import type { StartHook } from './start-hook.js';
import { traceUnmatched } from './unmatched.js';

type EndHook = (transport: unknown, context: unknown) => void;

/** The seams of Nest's servers; each holds a single function, so what others set is called, too. */
interface HookedServer {
  readonly queue?: unknown;
  readonly urls?: unknown;
  onProcessingStartHook?: StartHook;
  onProcessingEndHook?: EndHook;
  setOnProcessingStartHook?(hook: StartHook): void;
  setOnProcessingEndHook?(hook: EndHook): void;
}

const HOOKED = Symbol.for('distrace.rmq.hooked-server');

/** No context at all: a transport may have any value as one, also none. */
const NONE = Symbol('none');

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
  const startConsumer = createConsumerSpans({ queue, urls: server.urls }, options, errors);
  rememberRoutes(server as RoutingServer);
  traceUnmatched(server, startConsumer);
  joinAmqplibInstrumentation(server as object);

  // A hook of somebody else's that calls the one it found ends up here again: that must not go round in circles.
  const untraced = new WeakSet<object>();
  takeHookSlot<StartHook>(
    server,
    'setOnProcessingStartHook',
    unlessIdle(server.onProcessingStartHook),
    (theirs) =>
      function (this: unknown, transport, rpcContext, done) {
        // A transport without contexts still has a `done` for each message.
        const key = typeof rpcContext === 'object' && rpcContext !== null ? rpcContext : done;
        if (handlingOf(rpcContext) !== undefined || untraced.has(key)) return done();
        const handling = begin(rpcContext);
        const hook = theirs();
        if (handling === undefined) {
          untraced.add(key);
          return hook === undefined ? done() : hook.call(this, transport, rpcContext, done);
        }
        if (hook === undefined) return context.with(handling.ctx, done);
        return watchStartHook(
          (watched) => hook.call(this, transport, rpcContext, watched),
          done,
          handling,
          () => begin(rpcContext),
        );
      },
  );

  let ending: unknown = NONE;
  takeHookSlot<EndHook>(
    server,
    'setOnProcessingEndHook',
    server.onProcessingEndHook,
    (theirs) =>
      function (this: unknown, transport, rpcContext) {
        if (ending === rpcContext) return;
        const handling = handlingOf(rpcContext);
        if (handling !== undefined) endHandling(handling);
        const hook = theirs();
        if (hook === undefined) return;
        const outer = ending;
        ending = rpcContext;
        try {
          hook.call(this, transport, rpcContext);
        } finally {
          ending = outer;
        }
      },
  );

  function begin(rpcContext: unknown): Handling | undefined {
    try {
      if (!isRmqContext(rpcContext)) return undefined;
      const handling = startConsumer(rpcContext.getMessage());
      beginHandling(rpcContext as object, handling);
      return handling;
    } catch {
      // The message is handled whether or not it can be traced.
      return undefined;
    }
  }
}
