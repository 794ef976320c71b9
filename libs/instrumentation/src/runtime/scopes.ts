import type { Scopes } from './types.js';

/** The scopes that a runtime works with: each member there, or known to be missing. */
export interface RunningScopes {
  readonly scope: Scopes['scope'];
  capture(): unknown;
  resume<T>(captured: unknown, fn: () => T): T;
  /** Begins a context for what follows; the answer ends it. Undefined where only `scope` can. */
  readonly attach: (() => () => void) | undefined;
}

export const NO_SCOPES: RunningScopes = {
  scope: (fn) => fn(),
  capture: () => undefined,
  resume: (_, fn) => fn(),
  attach: undefined,
};

export function runningScopes(given: Scopes): RunningScopes {
  const scope: Scopes['scope'] = (fn) => given.scope(fn);
  return {
    scope,
    capture: () => given.capture?.(),
    resume: (captured, fn) => (given.resume === undefined ? scope(fn) : given.resume(captured, fn)),
    attach: given.attach === undefined ? undefined : () => given.attach!(),
  };
}
