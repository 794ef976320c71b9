import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { TRACING_OPTIONS } from '../nest/tracing-options.js';
import type { HttpTracingOptions, TracingOptions } from '../nest/tracing-options.js';
import { takeHookSlot } from '../nest/hook-slot.js';
import { nameRoute, traceRequest } from './http-tracing.js';

type RequestHook = (
  request: IncomingMessage,
  response: ServerResponse,
  done: (error?: Error) => void,
) => unknown;
type RouteHook = (requestMethod: number, path: string) => void;

/** Who mounts pages on an adapter lists here which requests are for them: such pages are no work of the application. */
const UNTRACED = Symbol.for('distrace.http.untraced');

/** The seams of Nest's HTTP adapters; both hold a single function, so what was there is called, too. */
interface HookedAdapter {
  onRequestHook?: RequestHook;
  setOnRequestHook?(hook: RequestHook): void;
  getOnRouteTriggered?(): RouteHook | undefined;
  setOnRouteTriggered?(hook: RouteHook): void;
  readonly [UNTRACED]?: readonly ((request: IncomingMessage) => boolean)[];
}

const HOOKED = Symbol.for('distrace.http.hooked');

/** Hooks the application's HTTP adapter; does nothing in an application without one. */
@Injectable()
export class HttpHooks {
  constructor(
    @Inject(HttpAdapterHost) host: HttpAdapterHost | undefined,
    @Inject(TRACING_OPTIONS) { http = {} }: TracingOptions,
  ) {
    if (host == null || http === false) return;
    // Routes read their hook when they are registered, before any lifecycle hook: the adapter has to be hooked
    // as soon as there is one. NestFactory sets it before providers are made, a testing module after.
    // A microservice without HTTP has null.
    if (host.httpAdapter == null) host.init$.subscribe(() => hookAdapter(host.httpAdapter, http));
    else hookAdapter(host.httpAdapter, http);
  }
}

function hookAdapter(candidate: unknown, options: HttpTracingOptions): void {
  const adapter = candidate as (HookedAdapter & { [HOOKED]?: true }) | null | undefined;
  if (adapter == null || adapter[HOOKED] === true) return;
  adapter[HOOKED] = true;

  // A hook of somebody else's that calls the one it found ends up here again: that must not go round in circles.
  const entered = new WeakSet<IncomingMessage>();
  takeHookSlot<RequestHook>(
    adapter,
    'setOnRequestHook',
    adapter.onRequestHook,
    (theirs) =>
      function (this: unknown, request, response, done) {
        const raw = rawOf(request);
        if (entered.has(raw)) return done();
        entered.add(raw);
        const next = () => {
          const hook = theirs();
          return hook === undefined ? done() : hook.call(this, request, response, done);
        };
        return isUntraced(adapter, raw) ? next() : traceRequest(raw, rawOf(response), options, next);
      },
  );

  let isNaming = false;
  takeHookSlot<RouteHook>(
    adapter,
    'setOnRouteTriggered',
    adapter.getOnRouteTriggered?.(),
    (theirs) => (method, path) => {
      if (isNaming) return;
      isNaming = true;
      try {
        nameRoute(path);
        theirs()?.(method, path);
      } finally {
        isNaming = false;
      }
    },
  );
}

function isUntraced(adapter: HookedAdapter, request: IncomingMessage): boolean {
  try {
    return adapter[UNTRACED]?.some((isTheirs) => isTheirs(request)) === true;
  } catch {
    return false;
  }
}

/** Fastify wraps Node's request and response, Express extends them. */
function rawOf<T extends object>(wrapped: T): T {
  return (wrapped as { raw?: T }).raw ?? wrapped;
}
