import { Script } from 'node:vm';
import { createRuntime } from '../../runtime/index.js';
import type { Runtime } from '../../runtime/index.js';
import { applyEdits } from '../../wire/apply-edits.js';
import { RUNTIME_NAME } from '../../wire/woven-api.js';
import { weave } from '../weave.js';
import type { Style } from '../../wire/plan.js';
import type { WeaveResult } from '../weave.js';

/** One runtime per process, as in an application: woven code names it by a global. */
const runtime: Runtime = createRuntime();
const seen: string[] = [];
const ends: [name: string, value: unknown][] = [];
runtime.control.bind('on', {
  onEnter: (call) => void seen.push(call.function),
  onExit: (call, result) => void ends.push([call.function, result]),
  onError: (call, error) => void ends.push([call.function, error]),
});
Object.defineProperty(globalThis, RUNTIME_NAME, { value: runtime.woven, configurable: true });

/** With bodies in place where that can be or in closures where that can be; for advice that is on, or bound by nobody. */
export const WAYS: readonly (readonly [style: Style, state: 'off' | 'on'])[] = [
  ['in-place', 'off'],
  ['in-place', 'on'],
  ['closure', 'off'],
  ['closure', 'on'],
];

interface WeaveAllOptions {
  readonly format?: 'cjs' | 'esm';
  readonly style?: Style;
}

/** Weaves all functions. */
export function weaveAll(
  source: string,
  state: 'off' | 'on',
  { format = 'cjs', style = 'in-place' }: WeaveAllOptions = {},
): { code: string; woven: WeaveResult } {
  const rules = [{ name: state, replaces: style === 'closure', matches: () => true }];
  const woven = weave(source, { path: 'shape.js', format, rules });
  return { code: applyEdits(source, woven.edits, runtime.control.register(woven.probes)), woven };
}

interface RunOptions {
  readonly filename?: string;
  readonly require?: (id: string) => unknown;
  readonly exports?: Record<string, unknown>;
}

/** Runs a CommonJS text in this realm, under the file name that its stacks show. */
export function runCommonJs(
  code: string,
  { filename = '/app/shape.js', require = noRequire, exports = {} }: RunOptions = {},
): Record<string, unknown> {
  const wrapper = new Script(`(function (exports, require, module, __filename, __dirname) {${code}\n})`, {
    filename,
  }).runInThisContext() as (...args: unknown[]) => void;
  const module = { exports };
  wrapper.call(module.exports, module.exports, require, module, filename, '/app');
  return module.exports;
}

function noRequire(id: string): never {
  throw new Error(`nothing to require: ${id}`);
}

/** What `fn` makes advice see. */
export async function callsDuring<T>(
  fn: () => T,
): Promise<{ value: Awaited<T>; calls: string[]; ends: [name: string, value: unknown][] }> {
  seen.length = ends.length = 0;
  const value = await fn();
  return { value, calls: [...seen], ends: [...ends] };
}
