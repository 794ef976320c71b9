import type { WovenApi } from '../wire/woven-api.js';
import { createAround } from './around.js';
import type { Runtime, RuntimeOptions } from './control.js';
import { createHooks } from './hooks.js';
import { createInPlaceCalls } from './in-place.js';
import { createPlans } from './plans.js';
import { capturePrimordials } from './primordials.js';
import { NO_SCOPES, runningScopes } from './scopes.js';
import { watchPromises } from './watch-promise.js';

/**
 * The object that woven code calls, and what steers it. One per thread, made before any application code runs.
 * Each method of `woven` tests one array slot first: a probe that is off costs 3 to 4 ns.
 */
export function createRuntime(options: RuntimeOptions = {}): Runtime {
  const { errorLimit = 10, onReport, defer = queueMicrotask } = options;
  const primordials = capturePrimordials();
  const plans = createPlans(primordials, errorLimit);
  const hooks = createHooks(plans, onReport);
  let scopes = NO_SCOPES;
  let kept: unknown;
  const around = createAround(hooks, watchPromises(primordials, defer), () => scopes);
  const inPlace = createInPlaceCalls(hooks, around, () => scopes);
  const { live } = plans;

  const woven: WovenApi = {
    live,
    off: (_probe, _self, _args, body) => body(),
    offArrow: (_probe, _args, body) => body(),
    offConstruct: (_probe, _self, _args, _newTarget, body) => body(),
    offDerive: (_probe, _args, _newTarget, body) => body(),
    run(probe, self, args, body) {
      const plan = live[probe];
      if (plan === undefined || hooks.inside) return body();
      return around.call({ plan, self, args, newTarget: undefined, body, made: undefined, isAwaited: false });
    },
    runAsync(probe, self, args, body) {
      const plan = live[probe];
      if (plan === undefined || hooks.inside) return body();
      return around.call({
        plan,
        self,
        args,
        newTarget: undefined,
        body,
        made: undefined,
        isAwaited: true,
      }) as Promise<unknown>;
    },
    arrow(probe, args, body) {
      return woven.run(probe, undefined, args, body);
    },
    arrowAsync(probe, args, body) {
      return woven.runAsync(probe, undefined, args, body);
    },
    construct(probe, self, args, newTarget, body) {
      const plan = live[probe];
      if (plan === undefined || hooks.inside) return body();
      const made = (result: unknown): unknown => (isObject(result) ? result : self);
      return around.call({ plan, self, args, newTarget, body, made, isAwaited: false });
    },
    derive(probe, args, newTarget, body, self) {
      const plan = live[probe];
      if (plan === undefined || hooks.inside) return body();
      const made = (result: unknown): unknown => (isObject(result) ? result : self());
      return around.call({ plan, self: undefined, args, newTarget, body, made, isAwaited: false });
    },
    enter(probe, self, args) {
      const plan = live[probe];
      if (plan === undefined || hooks.inside) return undefined;
      return inPlace.enter(plan, { self, args, newTarget: undefined, isNew: false });
    },
    enterNew(probe, self, args, newTarget) {
      const plan = live[probe];
      if (plan === undefined || hooks.inside) return undefined;
      return inPlace.enter(plan, { self, args, newTarget, isNew: true });
    },
    leave: inPlace.leave,
    exit(call) {
      const value = kept;
      kept = undefined;
      try {
        inPlace.leave(call, value);
      } catch {
        hooks.errors += 1;
      }
      return value;
    },
    end(call) {
      kept = undefined;
      inPlace.leave(call, undefined);
    },
    value: Object.freeze({
      [Symbol.hasInstance](value: unknown) {
        kept = value;
        return false;
      },
    }),
    take() {
      const value = kept;
      kept = undefined;
      return value;
    },
  };

  return {
    // Not Object.create(null): V8 makes a dictionary of that, and a probe that is off would cost 20 ns.
    woven: Object.freeze(Object.setPrototypeOf(woven, null) as WovenApi),
    control: {
      register: plans.register,
      bind: plans.bind,
      setEnabled: plans.setEnabled,
      setScope(given) {
        scopes = runningScopes(given, primordials);
      },
      counters() {
        const { calls, errors, disabled, errorsBy } = hooks;
        let on = 0;
        for (const plan of live) if (plan !== undefined) on += 1;
        return { probes: live.length, live: on, calls, errors, disabled, errorsBy: { ...errorsBy } };
      },
    },
  };
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
