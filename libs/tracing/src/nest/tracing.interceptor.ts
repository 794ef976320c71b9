import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { context, trace } from '@opentelemetry/api';
import { Observable } from 'rxjs';
import { endSpan, getTracer, recordError } from '../core/index.js';
import { isNoSpan, isTraced } from '../decorators/index.js';

const traced = new WeakSet<object>();

/**
 * A span `Controller.handler` around each handler it is used on, by `@UseInterceptors` or globally. Used
 * twice on a handler it makes one span; none where the handler has `@Span` or `@NoSpan`.
 */
@Injectable()
export class TracingInterceptor implements NestInterceptor {
  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const handler = execution.getHandler();
    const controller = execution.getClass<object>();
    if (isTraced(handler) || isNoSpan(controller.prototype as object, handler.name)) return next.handle();
    // All interceptors of one call are given the same list of arguments, and no other call is.
    const call = execution.getArgs<unknown[]>();
    if (traced.has(call)) return next.handle();
    traced.add(call);
    return new Observable((subscriber) => {
      const parent = context.active();
      const span = getTracer().startSpan(`${controller.name}.${handler.name}`, {}, parent);
      const subscription = context.with(trace.setSpan(parent, span), () =>
        next.handle().subscribe({
          next: (value) => subscriber.next(value),
          error: (error: unknown) => {
            recordError(span, error);
            endSpan(span);
            subscriber.error(error);
          },
          complete: () => {
            endSpan(span);
            subscriber.complete();
          },
        }),
      );
      return () => {
        subscription.unsubscribe();
        if (span.isRecording()) endSpan(span);
      };
    });
  }
}
