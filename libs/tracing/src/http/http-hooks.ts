import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { TRACING_OPTIONS } from '../nest/tracing-options.js';
import type { TracingOptions } from '../nest/tracing-options.js';
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
    // Routes read their hook when they are registered, before any lifecycle hook: it has to be the constructor.
    const adapter = host?.httpAdapter as (HookedAdapter & { [HOOKED]?: true }) | undefined;
    if (adapter === undefined || http === false || adapter[HOOKED] === true) return;
    adapter[HOOKED] = true;

    const previousRequest = adapter.onRequestHook;
    adapter.setOnRequestHook?.(function (this: unknown, request, response, done) {
      traceRequest(request, response, http, () => {
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
}
