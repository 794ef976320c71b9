// What interceptors see, and what the helper bundle gives the process.
export type {
  Advice,
  BundleHandle,
  BundleStart,
  Call,
  HelperBundle,
  InterceptorBody,
  Replacement,
  Scopes,
} from './types.js';

// The object behind `globalThis.__distrace`.
export { createRuntime } from './create-runtime.js';
export type { Runtime, RuntimeControl, RuntimeCounters, RuntimeOptions, RuntimeReport } from './control.js';
