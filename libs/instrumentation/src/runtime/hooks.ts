import type { RuntimeReport } from './control.js';
import type { Plans, Step } from './plans.js';
import type { Call } from './types.js';

type Phase = 'onEnter' | 'onExit' | 'onError';

/** A call that advice has entered and wants to know the end of. */
export interface Entered {
  readonly step: Step;
  readonly call: Call;
}

/** Runs the advice's hooks, so that nothing of theirs reaches the application. */
export interface Hooks {
  /** While an interceptor's own code runs: what it calls is not traced. */
  inside: boolean;
  calls: number;
  errors: number;
  disabled: number;
  /** Errors by interceptor, of those that had any. */
  readonly errorsBy: Record<string, number>;
  /** Whether the hook ran through. */
  tell(step: Step, phase: Phase, call: Call, value?: unknown): boolean;
  /** Innermost first. */
  tellEnd(entered: readonly Entered[], phase: 'onExit' | 'onError', value: unknown): void;
  report(
    step: Step | undefined,
    report: Omit<RuntimeReport, 'interceptor' | 'function' | 'line' | 'probe'>,
  ): void;
}

export function createHooks(plans: Plans, onReport: ((report: RuntimeReport) => void) | undefined): Hooks {
  function count(step: Step, error: unknown): void {
    hooks.errors += 1;
    hooks.errorsBy[step.interceptor] = (hooks.errorsBy[step.interceptor] ?? 0) + 1;
    const isFirst = step.errors === 0;
    const wasBroken = step.broken;
    plans.failed(step);
    if (step.broken && !wasBroken) hooks.disabled += 1;
    if (!isFirst && step.broken === wasBroken) return;
    hooks.report(step, { kind: 'interceptor-error', error, disabled: step.broken });
  }

  const hooks: Hooks = {
    inside: false,
    calls: 0,
    errors: 0,
    disabled: 0,
    errorsBy: Object.create(null) as Record<string, number>,
    tell(step, phase, call, value) {
      const before = hooks.inside;
      hooks.inside = true;
      try {
        const { hears, advice } = step;
        // By name: a computed property would be looked up anew in each call.
        if (phase === 'onEnter') {
          if (hears.onEnter) advice!.onEnter!(call);
        } else if (phase === 'onExit') {
          if (hears.onExit) advice!.onExit!(call, value);
        } else if (hears.onError) advice!.onError!(call, value);
        return true;
      } catch (error) {
        count(step, error);
        return false;
      } finally {
        hooks.inside = before;
      }
    },
    tellEnd(entered, phase, value) {
      for (let i = entered.length - 1; i >= 0; i -= 1) {
        const { step, call } = entered[i]!;
        hooks.tell(step, phase, call, value);
      }
    },
    report(step, rest) {
      try {
        onReport?.({
          interceptor: step?.interceptor ?? '',
          function: step?.probe.function ?? '',
          line: step?.probe.line ?? 0,
          probe: step?.probe,
          ...rest,
        });
      } catch {
        // Whoever listens must not break the application either.
      }
    },
  };
  return hooks;
}
