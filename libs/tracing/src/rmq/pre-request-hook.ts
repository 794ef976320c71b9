import type { ExecutionContext } from '@nestjs/common';
import { context } from '@opentelemetry/api';
import { Observable } from 'rxjs';
import { recordHandlerError } from '../nest/handler-error.js';
import { handlingOf } from './handlings.js';

/**
 * Nest's pre-request hook: it surrounds guards, interceptors, pipes and handler, and sees what they throw
 * before any filter turns it into a reply. Records that on the message's span and passes it on.
 */
export function recordHandlerErrors(
  execution: ExecutionContext,
  next: () => Observable<unknown>,
): Observable<unknown> {
  const handling = handlingOf(execution.switchToRpc().getContext());
  if (handling === undefined) return next();
  return new Observable((subscriber) =>
    context.with(handling.ctx, () =>
      next().subscribe({
        next: (value) => subscriber.next(value),
        error: (error: unknown) => {
          recordHandlerError(handling.span, error, 'rpc', handling.errors);
          subscriber.error(error);
        },
        complete: () => subscriber.complete(),
      }),
    ),
  );
}
