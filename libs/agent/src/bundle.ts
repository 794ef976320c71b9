import { constants, Script } from 'node:vm';
import { getBuiltinModule } from 'node:process';
import type { HelperBundle } from '@distrace/instrumentation/runtime';
import { AgentError, reasonOf } from './errors.js';

const OPEN = '(function (module, exports, require) {';
const CLOSE = '\n})';

export interface EvaluatedBundle {
  readonly bundle: HelperBundle;
  /** V8's compiled form, to be called after the bundle has been used; undefined when what was given still fits. */
  compiled(): Buffer | undefined;
}

/** What stacks call the bundle. */
export function bundleFile(sha256: string): string {
  return `distrace-bundle-${sha256.slice(0, 12)}.cjs`;
}

/**
 * Runs the text of a helper bundle whose hash was checked. It gets nothing but Node's own modules. `compiled` is
 * what an earlier process kept of the same text. Throws `DT_ERR_AGENT_BUNDLE`.
 */
export function evaluateBundle(text: string, sha256: string, compiled?: Buffer): EvaluatedBundle {
  try {
    const script = new Script(OPEN + text + CLOSE, {
      filename: bundleFile(sha256),
      ...(compiled === undefined ? {} : { cachedData: compiled }),
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    const module = { exports: {} as Partial<HelperBundle> };
    const run = script.runInThisContext() as (...values: readonly unknown[]) => void;
    run.call(module.exports, module, module.exports, requireOwn);
    const { exports } = module;
    if (exports.v !== 1 || typeof exports.start !== 'function' || typeof exports.interceptors !== 'object') {
      throw new Error('expected { v: 1, interceptors, start }');
    }
    return {
      bundle: exports as HelperBundle,
      compiled: () =>
        compiled !== undefined && script.cachedDataRejected === false ? undefined : script.createCachedData(),
    };
  } catch (error) {
    throw new AgentError('DT_ERR_AGENT_BUNDLE', `the helper bundle must run, got: ${reasonOf(error)}`);
  }
}

function requireOwn(id: string): unknown {
  const found = getBuiltinModule(id) as unknown;
  if (found === undefined)
    throw new Error(`a helper bundle has Node's own modules only, asked for ${JSON.stringify(id)}`);
  return found;
}
