import { WovenCallView } from './call.js';
import type { Entered, Hooks } from './hooks.js';
import type { Plan, Step } from './plans.js';
import type { RunningScopes } from './scopes.js';
import type { Call } from './types.js';
import type { PromiseWatch } from './watch-promise.js';

type Body = () => unknown;

/** One call on its way through a plan. */
interface Passage {
  readonly plan: Plan;
  readonly self: unknown;
  readonly args: ArrayLike<unknown>;
  readonly newTarget: unknown;
  readonly body: Body;
  /** Constructors: the object, from what the body gave. Undefined: the result is the body's. */
  readonly made: ((result: unknown) => unknown) | undefined;
  /** Whether the woven function awaits what it gets, so that a promise may be watched at once. */
  readonly isAwaited: boolean;
}

export interface Around {
  /** Runs the interceptors of a plan around a body. */
  call(passage: Passage): unknown;
  /** Tells the advice how a call ended: now, or when its promise has settled. */
  endWith(entered: readonly Entered[], result: unknown, isAwaited: boolean): void;
}

const NONE: Entered[] = [];

/** Whether a step runs for this receiver. */
export function applies(step: Step, self: unknown, newTarget: unknown): boolean {
  return !step.broken && (step.when === undefined || step.when(self, newTarget));
}

export function createAround(hooks: Hooks, promises: PromiseWatch, scopes: () => RunningScopes): Around {
  function perform(passage: Passage, from: number): unknown {
    const { plan, self, args, newTarget, made } = passage;
    const { probe, steps } = plan;
    let entered = NONE;
    let result: unknown;
    try {
      let i = from;
      for (; i < steps.length; i += 1) {
        const step = steps[i]!;
        if (!applies(step, self, newTarget)) continue;
        if (step.replacement !== undefined) break;
        const call = new WovenCallView(probe, self, args, newTarget);
        if (!hooks.tell(step, 'onEnter', call) || !step.watchesEnd) continue;
        if (entered === NONE) entered = [{ step, call }];
        else entered[entered.length] = { step, call };
      }
      result = i < steps.length ? replace(passage, i) : passage.body();
    } catch (error) {
      try {
        hooks.tellEnd(entered, 'onError', error);
      } catch {
        hooks.errors += 1;
      }
      throw error;
    }
    if (entered === NONE) return result;
    // The body may have caught a stack overflow down here: what ours takes of the stack must not throw another.
    // No call in the catch block, for the same reason.
    try {
      if (made === undefined) endWith(entered, result, passage.isAwaited);
      else endMade(entered, made, result);
    } catch {
      hooks.errors += 1;
    }
    return result;
  }

  function endMade(entered: readonly Entered[], made: (result: unknown) => unknown, result: unknown): void {
    let object: unknown;
    try {
      object = made(result);
    } catch (error) {
      // There is no object: `super` was not called. The constructor throws by itself when it returns.
      hooks.tellEnd(entered, 'onError', error);
      return;
    }
    hooks.tellEnd(entered, 'onExit', object);
  }

  /** What a replacement gives or throws is the function's; only what it calls itself is not traced. */
  function replace(passage: Passage, index: number): unknown {
    const { plan, self, args, newTarget } = passage;
    const { replacement } = plan.steps[index]!;
    const call: Call = new WovenCallView(plan.probe, self, args, newTarget);
    const before = hooks.inside;
    hooks.inside = true;
    try {
      return replacement!.replace(call, () => {
        const within = hooks.inside;
        hooks.inside = false;
        try {
          return perform(passage, index + 1);
        } finally {
          hooks.inside = within;
        }
      });
    } finally {
      hooks.inside = before;
    }
  }

  function endWith(entered: readonly Entered[], result: unknown, isAwaited: boolean): void {
    if (!promises.isNative(result)) {
      hooks.tellEnd(entered, 'onExit', result);
    } else if (isAwaited) {
      promises.awaited(result, (how, value) =>
        hooks.tellEnd(entered, how === 'rejected' ? 'onError' : 'onExit', value),
      );
    } else {
      const { capture, resume } = scopes();
      const captured = capture();
      promises.lazily(result, (how, value) =>
        resume(captured, () => hooks.tellEnd(entered, how === 'rejected' ? 'onError' : 'onExit', value)),
      );
    }
  }

  return {
    call(passage) {
      hooks.calls += 1;
      let hasBegun = false;
      let hasEnded = false;
      let result: unknown;
      try {
        return scopes().scope(() => {
          hasBegun = true;
          result = perform(passage, 0);
          hasEnded = true;
          return result;
        });
      } catch (error) {
        if (hasEnded) {
          hooks.errors += 1;
          return result;
        }
        if (hasBegun) throw error;
        hooks.errors += 1;
        hooks.report(passage.plan.steps[0], { kind: 'scope-error', error, disabled: false });
      }
      return passage.body();
    },
    endWith,
  };
}
