import type { ProbeRecord } from '../wire/edit-list.js';
import type { WovenApi } from '../wire/woven-api.js';
import type { InterceptorBody, Scopes } from './types.js';

/** What went wrong in an interceptor; the application saw nothing of it. */
export interface RuntimeReport {
  /**
   * `interceptor-error`: a hook threw. `replacement-impossible`: a replacement at a function whose body stays in
   * place, where it never runs. `scope-error`: the async context could not be set; the call ran without interceptors.
   */
  readonly kind: 'interceptor-error' | 'replacement-impossible' | 'scope-error';
  /** Empty for `scope-error`. */
  readonly interceptor: string;
  readonly function: string;
  readonly line: number;
  /** The record that was registered: tells whoever did of which file it is. */
  readonly probe?: ProbeRecord;
  readonly error?: unknown;
  /** Whether the interceptor is off at this function from now on. */
  readonly disabled: boolean;
}

export interface RuntimeOptions {
  /** Errors after which an interceptor is switched off at a function. Default 10. */
  readonly errorLimit?: number;
  /** Told once per interceptor and function, and again when it is switched off. Default: nobody. */
  readonly onReport?: (report: RuntimeReport) => void;
  /**
   * Runs its argument at the end of the event loop's turn: `setImmediate`. Default a microtask, in which case the
   * calls of plain functions end earlier when their promise is awaited only after another `await`.
   */
  readonly defer?: (fn: () => void) => void;
}

export interface RuntimeCounters {
  readonly probes: number;
  /** Probes that are on. */
  readonly live: number;
  /** Calls that went through interceptors. */
  readonly calls: number;
  /** What interceptors threw. */
  readonly errors: number;
  /** Interceptors switched off at a function for their errors. */
  readonly disabled: number;
  /** What interceptors threw, by interceptor; none that threw nothing. */
  readonly errorsBy: Readonly<Record<string, number>>;
}

/** The side of the runtime that woven code cannot reach. */
export interface RuntimeControl {
  /** Gives the probes of one file their process-wide numbers; answers the first. They are off until bound. */
  register(records: readonly ProbeRecord[]): number;
  /** Says what an interceptor does, at the probes that exist and at those to come. Enabled unless told otherwise. */
  bind(name: string, body: InterceptorBody): void;
  /** Switches an interceptor at all its probes; also before it is bound. */
  setEnabled(name: string, enabled: boolean): void;
  /** Default: no async context of its own. */
  setScope(scopes: Scopes): void;
  counters(): RuntimeCounters;
}

export interface Runtime {
  /** For `globalThis.__distrace`: frozen, without a prototype. */
  readonly woven: WovenApi;
  readonly control: RuntimeControl;
}
