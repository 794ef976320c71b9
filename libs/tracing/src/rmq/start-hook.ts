import { context } from '@opentelemetry/api';
import { recordHandlerError } from '../nest/handler-error.js';
import type { Handling } from './consumer-span.js';
import { endHandling } from './handlings.js';

/** What handles the message. */
export type Done = () => Promise<unknown>;
/** What Nest's servers call when a message has come. */
export type StartHook = (transport: unknown, context: unknown, done: Done) => unknown;

/** Such a function does nothing but go on, whoever wrote it. */
const GOES_ON = /^\(\s*\w+\s*,\s*\w+\s*,\s*(\w+)\s*\)\s*=>\s*\1\(\)$/;

/** The hook, or nothing for the one that Nest's servers have from the start: watching it costs each message. */
export function unlessIdle(hook: StartHook | undefined): StartHook | undefined {
  return typeof hook === 'function' && GOES_ON.test(Function.prototype.toString.call(hook))
    ? undefined
    : hook;
}

/**
 * Runs somebody else's start hook on a message. Nest tells the end of what `done` handles, and nobody that of a
 * message which the hook drops: its span ends with the hook. What is handled later still, or again, is begun again.
 */
export function watchStartHook(
  hook: (done: Done) => unknown,
  done: Done,
  handling: Handling,
  beginAgain: () => Handling | undefined,
): unknown {
  let isHandled = false;
  let current: Handling | undefined = handling;
  const watched: Done = () => {
    isHandled = true;
    if (current?.hasEnded !== true) return done();
    current = beginAgain();
    return current === undefined ? done() : context.with(current.ctx, done);
  };

  let result: unknown;
  try {
    result = context.with(handling.ctx, hook, undefined, watched);
  } catch (error) {
    fail(error);
    throw error;
  }
  if (isHandled) return result;
  if (typeof result !== 'object' || result === null) {
    drop();
    return result;
  }
  // Its `then` is called here only: that of a lazy one does the work.
  const settled = Promise.resolve(result);
  void settled.then(drop, fail);
  return settled;

  function drop(): void {
    if (!isHandled) endHandling(handling);
  }

  function fail(error: unknown): void {
    if (isHandled) return;
    recordHandlerError(handling.span, error, 'rpc', handling.errors);
    endHandling(handling);
  }
}
