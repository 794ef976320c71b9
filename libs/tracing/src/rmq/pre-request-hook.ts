import type { ExecutionContext } from '@nestjs/common';
import { context } from '@opentelemetry/api';
import { Observable } from 'rxjs';
import type { Subscriber } from 'rxjs';
import { recordHandlerError } from '../nest/handler-error.js';
import type { Handling } from './consumer-span.js';
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
  return new Observable((subscriber) => {
    tellErrors(subscriber, handling);
    // The server's hook has made it active already, unless somebody's hook in between has lost it.
    if (context.active() === handling.ctx) return next().subscribe(subscriber);
    return context.with(handling.ctx, () => next().subscribe(subscriber));
  });
}

/** An observer in between would do as well, and cost an allocation for each value. */
function tellErrors(subscriber: Subscriber<unknown>, { span, errors }: Handling): void {
  const { error: fail } = subscriber;
  subscriber.error = function (this: Subscriber<unknown>, error) {
    if (!this.closed) recordHandlerError(span, error, 'rpc', errors);
    fail.call(this, error);
  };
}
