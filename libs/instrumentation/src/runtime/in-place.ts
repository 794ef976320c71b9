import type { WovenApi } from '../wire/woven-api.js';
import { applies } from './around.js';
import type { Around } from './around.js';
import { WovenCallView } from './call.js';
import type { Entered, Hooks } from './hooks.js';
import type { Plan, Step } from './plans.js';
import type { Scopes } from './types.js';

/** A body that stays where it stands, between `enter` and `leave`. */
interface InPlace {
  readonly flow: Plan['probe']['flow'];
  readonly entered: readonly Entered[];
  readonly captured: unknown;
  failed: boolean;
  error: unknown;
}

export interface InPlaceCalls extends Pick<WovenApi, 'fail' | 'leave'> {
  enter(plan: Plan, self: unknown, args: ArrayLike<unknown>): object | undefined;
}

/** The hooks see one async context from `enter` to `leave`; the body and its caller see nothing of it. */
export function createInPlaceCalls(
  hooks: Hooks,
  { endWith }: Around,
  scopes: () => Required<Scopes>,
): InPlaceCalls {
  function reportOnce(step: Step): void {
    if (step.errors > 0) return;
    step.errors = 1;
    hooks.report(step, { kind: 'replacement-impossible', disabled: true });
  }

  function enterSteps({ probe, steps }: Plan, self: unknown, args: ArrayLike<unknown>): Entered[] {
    const entered: Entered[] = [];
    for (let i = 0; i < steps.length; i += 1) {
      const step = steps[i]!;
      if (!applies(step, self, undefined)) continue;
      if (step.replacement !== undefined) {
        reportOnce(step);
        continue;
      }
      const call = new WovenCallView(probe, self, args, undefined);
      if (hooks.tell(step, 'onEnter', call) && step.watchesEnd) entered[entered.length] = { step, call };
    }
    return entered;
  }

  function end({ flow, entered, failed, error }: InPlace, result: unknown): void {
    if (failed) hooks.tellEnd(entered, 'onError', error);
    else if (flow === 'sync' || flow === 'async') endWith(entered, result, flow === 'async');
    else hooks.tellEnd(entered, 'onExit', result);
  }

  return {
    enter(plan, self, args) {
      hooks.calls += 1;
      try {
        const { scope, capture } = scopes();
        return scope((): InPlace => {
          const entered = enterSteps(plan, self, args);
          return { flow: plan.probe.flow, entered, captured: capture(), failed: false, error: undefined };
        });
      } catch (error) {
        hooks.errors += 1;
        hooks.report(plan.steps[0], { kind: 'scope-error', error, disabled: false });
        return undefined;
      }
    },
    fail(call, error) {
      if (call === undefined) return;
      (call as InPlace).failed = true;
      (call as InPlace).error = error;
    },
    leave(call, result) {
      if (call === undefined || (call as InPlace).entered.length === 0) return;
      try {
        scopes().resume((call as InPlace).captured, () => end(call as InPlace, result));
      } catch (error) {
        hooks.errors += 1;
        try {
          hooks.report(undefined, { kind: 'scope-error', error, disabled: false });
        } catch {
          // The stack is full: the body has caught an overflow, and this must not be another.
        }
      }
    },
  };
}
