import { createRequire } from 'node:module';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import { context, createContextKey } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { prepareRules, weaveRules } from '../matchers/index.js';
import { createRuntime } from '../runtime/index.js';
import type { Call, InterceptorBody, RuntimeReport } from '../runtime/index.js';
import { weave } from '../weaver/index.js';
import type { Refusal } from '../weaver/index.js';
import { RUNTIME_NAME, WEAVER } from '../wire/index.js';
import { definitionOf } from './interceptor.js';
import type { InterceptorClass } from './interceptor.js';
import type { InterceptorDefinition } from './define-interceptor.js';

/** One hook that ran. */
export interface SeenCall {
  readonly interceptor: string;
  readonly hook: 'onEnter' | 'onExit' | 'onError' | 'replace';
  /** `Class.method` or the function's name. */
  readonly function: string;
  readonly line: number;
  /** The arguments, copied when the hook ran. */
  readonly args: readonly unknown[];
  /** What was returned, or thrown, where the hook is told. */
  readonly value?: unknown;
}

/** A piece of code that was woven and run. */
export interface TestedCode<T> {
  /** Its `module.exports`. */
  readonly exports: T;
  /** The functions that were woven. */
  readonly functions: readonly string[];
  /** Names of the interceptors that match nothing in it. */
  readonly unmatched: readonly string[];
  /** What was matched and cannot be woven, and why. */
  readonly refused: readonly Refusal[];
  /** The hooks that have run so far, in order; grows as the code is called. */
  readonly seen: readonly SeenCall[];
  /** What interceptors threw so far; an application would see none of it. */
  readonly problems: readonly RuntimeReport[];
  /** The woven text. */
  readonly code: string;
}

export interface TestInterceptorOptions {
  /** Where the code pretends to be. Default package `app`, version `1.0.0`, path `index.js`. */
  readonly file?: { readonly package?: string; readonly version?: string; readonly path?: string };
  /** Names the code may use besides Node's own. */
  readonly globals?: Readonly<Record<string, unknown>>;
  /** Folder that `require` of the code looks from. Default the current one. */
  readonly from?: string;
}

/**
 * Weaves a piece of CommonJS and runs it in this process, as the agent would, for unit tests of interceptors. Throws
 * as a server's start does where a matcher cannot work, and what the code itself throws.
 *
 * @example
 * const { exports, seen } = testInterceptor('exports.place = (id) => id;', orders);
 * exports.place(7);
 * expect(seen.map(({ hook }) => hook)).toEqual(['onEnter', 'onExit']);
 */
export function testInterceptor<T = Record<string, (...args: unknown[]) => unknown>>(
  source: string,
  interceptors: Interceptable | readonly Interceptable[],
  { file = {}, globals = {}, from = process.cwd() }: TestInterceptorOptions = {},
): TestedCode<T> {
  const definitions = [interceptors].flat().map(definitionOf);
  const place = { package: 'app', version: '1.0.0', path: 'index.js', ...file };
  const { rules } = prepareRules(definitions, { weaver: WEAVER }).rulesFor({
    ...place,
    format: 'cjs',
    source: '',
  });
  const { code, probes, report } = weave(source, {
    path: place.path,
    format: 'cjs',
    rules: weaveRules(rules),
  });
  const seen: SeenCall[] = [];
  const problems: RuntimeReport[] = [];
  const { woven, control } = createRuntime({ onReport: (problem) => problems.push(problem) });
  control.setScope({
    scope: (fn) => context.with(fresh(context.active()), fn),
    capture: () => context.active(),
    resume: (captured, fn) => context.with(fresh(captured as Context), fn),
    attach: () => {
      const token = context.attach(fresh(context.active()));
      return () => token.dispose();
    },
  });
  control.register(probes);
  for (const definition of definitions) control.bind(definition.name, recorded(definition, seen));

  const module = { exports: {} as T };
  const names = { [RUNTIME_NAME]: woven, ...globals };
  const path = join(from, place.path);
  const run = compileFunction(
    code,
    ['exports', 'require', 'module', '__filename', '__dirname', ...Object.keys(names)],
    {
      filename: path,
    },
  ) as (...args: unknown[]) => void;
  run(module.exports, createRequire(join(from, 'index.js')), module, path, from, ...Object.values(names));
  return {
    exports: module.exports,
    functions: probes.map((probe) => probe.function),
    unmatched: definitions
      .map(({ name }) => name)
      .filter((name) => !probes.some((probe) => probe.interceptors.includes(name))),
    refused: report.refused,
    seen,
    problems,
    code,
  };
}

type Interceptable = InterceptorDefinition | InterceptorClass;

function recorded(definition: InterceptorDefinition, seen: SeenCall[]): InterceptorBody {
  const note = (hook: SeenCall['hook'], call: Call, more: Pick<SeenCall, 'value'> = {}) => {
    const args = Array.from(call.args);
    seen.push({
      interceptor: definition.name,
      hook,
      function: call.function,
      line: call.line,
      args,
      ...more,
    });
  };
  if (definition.replace !== undefined) {
    return {
      replace(call, proceed) {
        note('replace', call);
        return definition.replace!(call, proceed);
      },
    };
  }
  return {
    onEnter(call) {
      note('onEnter', call);
      definition.onEnter?.(call);
    },
    onExit(call, value) {
      note('onExit', call, { value });
      definition.onExit?.(call, value);
    },
    onError(call, value) {
      note('onError', call, { value });
      definition.onError?.(call, value);
    },
  };
}

const SCOPE = createContextKey('distrace.test-scope');

/** Node runs nothing apart under the very context that is active already. */
function fresh(ctx: Context): Context {
  return ctx.setValue(SCOPE, true);
}
