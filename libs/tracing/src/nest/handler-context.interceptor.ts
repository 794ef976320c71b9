import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { context, trace } from '@opentelemetry/api';
import type { Context, Span } from '@opentelemetry/api';
import { Observable } from 'rxjs';
import { recordError } from '../core/index.js';
import { contextOfRequest } from '../http/http-tracing.js';
import { handlingOf } from '../rmq/handlings.js';

/**
 * Runs handlers in the context of their request or message, which a body parser may have lost, and records
 * what they throw on its span. Registered by the module for the whole application.
 */
@Injectable()
export class HandlerContextInterceptor implements NestInterceptor {
  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const owner = contextOf(execution);
    if (owner === undefined) return next.handle();
    const active = trace.getSpan(context.active());
    const ctx = active === undefined ? owner.ctx : context.active();
    return new Observable((subscriber) =>
      context.with(ctx, () =>
        next.handle().subscribe({
          next: (value) => subscriber.next(value),
          error: (error: unknown) => {
            if (!isExpected(error)) recordError(owner.span, error);
            subscriber.error(error);
          },
          complete: () => subscriber.complete(),
        }),
      ),
    );
  }
}

function contextOf(execution: ExecutionContext): { ctx: Context; span: Span } | undefined {
  if (execution.getType() === 'rpc') return handlingOf(execution.switchToRpc().getContext());
  if (execution.getType() !== 'http') return undefined;
  const ctx = contextOfRequest(execution.switchToHttp().getRequest<object>());
  const span = ctx === undefined ? undefined : trace.getSpan(ctx);
  return ctx === undefined || span === undefined ? undefined : { ctx, span };
}

/** An HttpException below 500 is an answer to the client, not a failure of the server. */
function isExpected(error: unknown): boolean {
  try {
    const status = (error as { getStatus?: () => unknown } | null | undefined)?.getStatus;
    if (typeof status !== 'function') return false;
    const code = status.call(error);
    return typeof code === 'number' && code < 500;
  } catch {
    return false;
  }
}
