import { context } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { warnOnce } from '../warn-once.js';

/** A context made the active one for the rest of an asynchronous execution. */
export interface Attachment extends Disposable {
  /** Attaches the context as it is now. */
  refresh(): void;
}

interface Token {
  dispose(): void;
}

/** Attaches what `current` answers; needs `context.attach` of `@opentelemetry/api` 1.10. */
export function attachContext(current: () => Context): Attachment {
  const api = context as { attach?: (ctx: Context) => Token };
  if (api.attach === undefined) {
    warnOnce('attachToCurrentAsync() needs @opentelemetry/api 1.10 or newer; use run() instead');
    return { refresh: () => undefined, [Symbol.dispose]: () => undefined };
  }
  let token: Token | undefined = api.attach(current());
  return {
    refresh() {
      if (token === undefined) return;
      // Tokens nest: the old one goes first, so that what was active before comes back in the end.
      token.dispose();
      token = api.attach?.(current());
    },
    [Symbol.dispose]() {
      token?.dispose();
      token = undefined;
    },
  };
}
