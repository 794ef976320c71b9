import type { ProbeRecord } from '../wire/edit-list.js';
import type { Primordials } from './primordials.js';
import { subTypeTest } from './sub-type.js';
import type { SubTypeTest } from './sub-type.js';
import type { Advice, InterceptorBody, Replacement } from './types.js';

/** One interceptor at one probe. */
export interface Step {
  readonly interceptor: string;
  readonly probe: ProbeRecord;
  readonly advice: Advice | undefined;
  readonly replacement: Replacement | undefined;
  /** Whether the advice wants to know how the call ends. */
  readonly watchesEnd: boolean;
  /** Undefined: for every receiver. */
  readonly when: SubTypeTest | undefined;
  errors: number;
  /** Switched off here alone, after too many errors. */
  broken: boolean;
}

/** What happens at a probe that is on: outermost first. */
export interface Plan {
  readonly probe: ProbeRecord;
  readonly steps: readonly Step[];
}

interface Binding {
  body: InterceptorBody | undefined;
  enabled: boolean;
}

export interface Plans {
  /** By probe number; undefined: the probe is off. Always the same array, so that woven code may hold it. */
  readonly live: readonly (Plan | undefined)[];
  register(records: readonly ProbeRecord[]): number;
  bind(name: string, body: InterceptorBody): void;
  setEnabled(name: string, enabled: boolean): void;
  /** Counts an error of a step and switches it off at the limit; whether it is off now. */
  failed(step: Step): boolean;
}

/** Which interceptors run at which probe. */
export function createPlans(primordials: Primordials, errorLimit: number): Plans {
  const live: (Plan | undefined)[] = [];
  const probes: { record: ProbeRecord; made: (Step | undefined)[] }[] = [];
  const bindings: Record<string, Binding> = Object.create(null) as Record<string, Binding>;

  function bindingOf(name: string): Binding {
    return (bindings[name] ??= { body: undefined, enabled: true });
  }

  function makeStep(record: ProbeRecord, index: number, body: InterceptorBody): Step {
    const given = body as Partial<Advice & Replacement>;
    const onEnter = ofItsOwn(given, 'onEnter');
    const onExit = ofItsOwn(given, 'onExit');
    const onError = ofItsOwn(given, 'onError');
    const replace = ofItsOwn(given, 'replace');
    const condition = ofItsOwn(record, 'when')?.[index];
    const isAdvice = onEnter !== undefined || onExit !== undefined || onError !== undefined;
    return {
      interceptor: record.interceptors[index]!,
      probe: record,
      advice: isAdvice ? (body as Advice) : undefined,
      replacement: replace === undefined ? undefined : (body as Replacement),
      watchesEnd: onExit !== undefined || onError !== undefined,
      when: condition == null ? undefined : subTypeTest(condition.subTypeOf, primordials),
      errors: 0,
      broken: false,
    };
  }

  function plan(id: number): void {
    const { record, made } = probes[id]!;
    const steps: Step[] = [];
    record.interceptors.forEach((name, index) => {
      const { body, enabled } = bindingOf(name);
      if (body === undefined || !enabled) return;
      const step = (made[index] ??= makeStep(record, index, body));
      if (!step.broken) steps.push(step);
    });
    live[id] = steps.length === 0 ? undefined : { probe: record, steps };
  }

  function planAllOf(name: string): void {
    probes.forEach(({ record }, id) => {
      if (record.interceptors.includes(name)) plan(id);
    });
  }

  return {
    live,
    register(records) {
      const firstId = probes.length;
      for (const record of records) {
        const id = probes.push({ record, made: [] }) - 1;
        plan(id);
      }
      return firstId;
    },
    bind(name, body) {
      bindingOf(name).body = body;
      for (const { record, made } of probes) {
        record.interceptors.forEach((other, index) => {
          if (other === name) made[index] = undefined;
        });
      }
      planAllOf(name);
    },
    setEnabled(name, enabled) {
      const binding = bindingOf(name);
      if (binding.enabled === enabled) return;
      binding.enabled = enabled;
      planAllOf(name);
    },
    failed(step) {
      step.errors += 1;
      if (step.errors < errorLimit || step.broken) return step.broken;
      step.broken = true;
      planAllOf(step.interceptor);
      return true;
    },
  };
}

/** What the application puts on `Object.prototype` is no hook; a class's method is. */
function ofItsOwn<T extends object, K extends keyof T & string>(object: T, key: K): T[K] | undefined {
  const value = object[key];
  return value === (Object.prototype as Partial<T>)[key] ? undefined : value;
}
