import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { CallHandler, ExecutionContext, NestInterceptor, OnModuleInit } from '@nestjs/common';
import { context, trace } from '@opentelemetry/api';
import type { Context, Span } from '@opentelemetry/api';
import { Observable } from 'rxjs';
import { contextOfRequest } from '../http/http-tracing.js';
import { handlingOf } from '../rmq/handlings.js';
import { recordHandlerError } from './handler-error.js';
import { TRACING_OPTIONS } from './tracing-options.js';
import type { ErrorTracingOptions, TracingOptions } from './tracing-options.js';

/**
 * Runs handlers in the context of their request or message, which a body parser may have lost, and records
 * what they throw on its span. Registered by the module for the whole application.
 */
@Injectable()
export class HandlerContextInterceptor implements NestInterceptor, OnModuleInit {
  readonly #errors: ErrorTracingOptions | undefined;
  readonly #host: HttpAdapterHost | undefined;
  #isInUse = false;
  declare intercept: NestInterceptor['intercept'];

  constructor(
    @Inject(TRACING_OPTIONS) { errors }: TracingOptions,
    @Inject(HttpAdapterHost) host: HttpAdapterHost | undefined,
  ) {
    this.#errors = errors;
    this.#host = host;
    this.intercept = this.#intercept.bind(this);
  }

  /**
   * Somebody else sees the errors of messages. Without HTTP nothing is left to do, and Nest leaves out an interceptor
   * that cannot intercept: its chain costs each message 7 µs. Does nothing once the microservice has started.
   */
  leaveMessages(): void {
    if (this.#isInUse || this.#host?.httpAdapter != null) return;
    Reflect.deleteProperty(this, 'intercept');
  }

  /** Nest has built its handlers by now, with this in their chains. */
  onModuleInit(): void {
    this.#isInUse = true;
  }

  #intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const owner = contextOf(execution);
    if (owner === undefined) return next.handle();
    const active = trace.getSpan(context.active());
    const ctx = active === undefined ? owner.ctx : context.active();
    return new Observable((subscriber) =>
      context.with(ctx, () =>
        next.handle().subscribe({
          next: (value) => subscriber.next(value),
          error: (error: unknown) => {
            recordHandlerError(owner.span, error, owner.kind, this.#errors);
            subscriber.error(error);
          },
          complete: () => subscriber.complete(),
        }),
      ),
    );
  }
}

interface Owner {
  readonly ctx: Context;
  readonly span: Span;
  readonly kind: 'http' | 'rpc';
}

function contextOf(execution: ExecutionContext): Owner | undefined {
  if (execution.getType() === 'rpc') {
    const handling = handlingOf(execution.switchToRpc().getContext());
    return handling && { ...handling, kind: 'rpc' };
  }
  if (execution.getType() !== 'http') return undefined;
  const ctx = contextOfRequest(execution.switchToHttp().getRequest<object>());
  const span = ctx === undefined ? undefined : trace.getSpan(ctx);
  return ctx === undefined || span === undefined ? undefined : { ctx, span, kind: 'http' };
}
