import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { context, trace } from '@opentelemetry/api';
import { Observable } from 'rxjs';
import { getTracer, recordError } from '../core/index.js';
import { isNoSpan, isTraced } from '../decorators/index.js';

const traced = new WeakSet<object>();

/**
 * A span `Controller.handler` around each handler it is used on, by `@UseInterceptors` or globally. Used
 * twice on a handler it makes one span; none where the handler has `@Span` or `@NoSpan`.
 */
@Injectable()
export class TracingInterceptor implements NestInterceptor {
  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const args = execution.getArgs<unknown[]>();
    const call = args.find((arg) => typeof arg === 'object' && arg !== null) as object | undefined;
    const handler = execution.getHandler();
    const controller = execution.getClass<object>();
    if (isTraced(handler) || isNoSpan(controller.prototype as object, handler.name)) return next.handle();
    if (call !== undefined) {
      // The arguments of one call are one array of objects that no other call shares.
      const key = execution.getType() === 'rpc' ? execution.switchToRpc().getContext<object>() : call;
      if (traced.has(key)) return next.handle();
      traced.add(key);
    }
    return new Observable((subscriber) => {
      const parent = context.active();
      const span = getTracer().startSpan(`${controller.name}.${handler.name}`, {}, parent);
      const subscription = context.with(trace.setSpan(parent, span), () =>
        next.handle().subscribe({
          next: (value) => subscriber.next(value),
          error: (error: unknown) => {
            recordError(span, error);
            span.end();
            subscriber.error(error);
          },
          complete: () => {
            span.end();
            subscriber.complete();
          },
        }),
      );
      return () => {
        subscription.unsubscribe();
        if (span.isRecording()) span.end();
      };
    });
  }
}
