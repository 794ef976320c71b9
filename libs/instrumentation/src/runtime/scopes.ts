import { ownMember } from './own-members.js';
import type { Primordials } from './primordials.js';
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

export function runningScopes(given: Scopes, primordials: Primordials): RunningScopes {
  const has = (name: keyof Scopes): boolean => ownMember(given, name, primordials) !== undefined;
  const scope: Scopes['scope'] = (fn) => given.scope(fn);
  return {
    scope,
    capture: has('capture') ? () => given.capture!() : () => undefined,
    resume: has('resume') ? (captured, fn) => given.resume!(captured, fn) : (_, fn) => scope(fn),
    attach: has('attach') ? () => given.attach!() : undefined,
  };
}
