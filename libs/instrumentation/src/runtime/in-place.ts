import type { EnteredCall, WovenApi } from '../wire/woven-api.js';
import { applies } from './around.js';
import type { Around } from './around.js';
import { WovenCallView } from './call.js';
import type { Entered, Hooks } from './hooks.js';
import type { Plan, Step } from './plans.js';
import type { RunningScopes } from './scopes.js';

/** A body that stays where it stands, between `enter` and `leave`. */
interface InPlace extends EnteredCall {
  readonly flow: Plan['probe']['flow'];
  readonly entered: readonly Entered[];
  /** Constructors: the object, unless the body returns another. */
  readonly made: unknown;
  /** The context of the hooks, where the body does not run in it. */
  readonly captured: unknown;
  /** Ends the context that the body runs in; undefined where it has none of its own. */
  readonly end: (() => void) | undefined;
}

/** A call that begins. */
export interface Start {
  readonly self: unknown;
  readonly args: ArrayLike<unknown>;
  readonly newTarget: unknown;
  /** Whether `self` is what it makes. */
  readonly isNew: boolean;
}

export interface InPlaceCalls extends Pick<WovenApi, 'leave'> {
  enter(plan: Plan, start: Start): InPlace | undefined;
}

/**
 * Advice around bodies in place. Plain functions run in the context that `onEnter` leaves, until they return; a
 * generator or async body would leak it to whoever runs while it pauses, so only its hooks see it.
 */
export function createInPlaceCalls(
  hooks: Hooks,
  { endWith }: Around,
  scopes: () => RunningScopes,
): InPlaceCalls {
  function reportOnce(step: Step): void {
    if (step.errors > 0) return;
    step.errors = 1;
    hooks.report(step, { kind: 'replacement-impossible', disabled: true });
  }

  function enterSteps({ probe, steps }: Plan, { self, args, newTarget }: Start): Entered[] {
    const entered: Entered[] = [];
    for (let i = 0; i < steps.length; i += 1) {
      const step = steps[i]!;
      if (!applies(step, self, newTarget)) continue;
      if (step.replacement !== undefined) {
        reportOnce(step);
        continue;
      }
      const call = new WovenCallView(probe, self, args, newTarget);
      if (hooks.tell(step, 'onEnter', call) && step.watchesEnd) entered[entered.length] = { step, call };
    }
    return entered;
  }

  function enter(plan: Plan, start: Start, end: InPlace['end'], capture: () => unknown): InPlace {
    const entered = enterSteps(plan, start);
    return {
      flow: plan.probe.flow,
      entered,
      made: start.isNew ? start.self : undefined,
      captured: end === undefined && entered.length > 0 ? capture() : undefined,
      end,
      failed: false,
      error: undefined,
      done: 0,
    };
  }

  function endSteps({ flow, entered, made, failed, error }: InPlace, result: unknown): void {
    if (failed) hooks.tellEnd(entered, 'onError', error);
    else if (made !== undefined) hooks.tellEnd(entered, 'onExit', isObject(result) ? result : made);
    else if (flow === 'sync' || flow === 'async') endWith(entered, result, flow === 'async');
    else hooks.tellEnd(entered, 'onExit', result);
  }

  function scopeFailed(step: Step | undefined, error: unknown): void {
    hooks.errors += 1;
    try {
      hooks.report(step, { kind: 'scope-error', error, disabled: false });
    } catch {
      // The stack is full: the body has caught an overflow, and this must not be another.
    }
  }

  return {
    enter(plan, start) {
      hooks.calls += 1;
      const { scope, capture, attach } = scopes();
      let end: InPlace['end'];
      try {
        if (attach === undefined || plan.probe.flow !== 'sync') {
          return scope(() => enter(plan, start, undefined, capture));
        }
        end = attach();
        return enter(plan, start, end, capture);
      } catch (error) {
        try {
          end?.();
        } finally {
          scopeFailed(plan.steps[0], error);
        }
        return undefined;
      }
    },
    leave(given, result) {
      const call = given as InPlace;
      const { end, entered, captured } = call;
      try {
        if (entered.length > 0) {
          if (end !== undefined) endSteps(call, result);
          else scopes().resume(captured, () => endSteps(call, result));
        }
      } catch (error) {
        scopeFailed(undefined, error);
      }
      // Last and by itself: no hook that fails may leave the context to the caller. It needs no more of the stack
      // than entering did.
      end?.();
    },
  };
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
