import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { TRACING_OPTIONS } from '../nest/tracing-options.js';
import type { HttpTracingOptions, TracingOptions } from '../nest/tracing-options.js';
import { nameRoute, traceRequest } from './http-tracing.js';

type RequestHook = (
  request: IncomingMessage,
  response: ServerResponse,
  done: (error?: Error) => void,
) => unknown;
type RouteHook = (requestMethod: number, path: string) => void;

/** The seams of Nest's HTTP adapters; both hold a single function, so what was there is called, too. */
interface HookedAdapter {
  onRequestHook?: RequestHook;
  setOnRequestHook?(hook: RequestHook): void;
  getOnRouteTriggered?(): RouteHook | undefined;
  setOnRouteTriggered?(hook: RouteHook): void;
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

  const previousRequest = adapter.onRequestHook;
  adapter.setOnRequestHook?.(function (this: unknown, request, response, done) {
    traceRequest(rawOf(request), rawOf(response), options, () => {
      if (previousRequest === undefined) done();
      else return previousRequest.call(this, request, response, done);
    });
  });

  const previousRoute = adapter.getOnRouteTriggered?.();
  adapter.setOnRouteTriggered?.((method, path) => {
    nameRoute(path);
    previousRoute?.(method, path);
  });
}

/** Fastify wraps Node's request and response, Express extends them. */
function rawOf<T extends object>(wrapped: T): T {
  return (wrapped as { raw?: T }).raw ?? wrapped;
}
