import { createRequire, isBuiltin } from 'node:module';
import { weaveAll } from './run-forms.js';
import { Script } from 'node:vm';
import { dirname } from 'node:path';
import { sourceOf } from './real-files.js';

export type Require = (id: string) => unknown;

/** Loads CommonJS packages with every function of every file woven, in this process, apart from the plain ones. */
export function wovenRequire(from: string, state: 'off' | 'on'): { require: Require; functions(): number } {
  const cache = new Map<string, { exports: unknown }>();
  let functions = 0;

  function load(path: string): unknown {
    const known = cache.get(path);
    if (known !== undefined) return known.exports;
    const module = {
      exports: {} as unknown,
      id: path,
      filename: path,
      loaded: false,
      children: [],
      paths: [],
    };
    cache.set(path, module);
    if (path.endsWith('.json')) return (module.exports = JSON.parse(sourceOf(path)));
    const { code, woven } = weaveAll(sourceOf(path), state);
    functions += woven.probes.length;
    const text = code.replace(/^\uFEFF/, '');
    const wrapper = new Script(`(function (exports, require, module, __filename, __dirname) {${text}\n})`, {
      filename: path,
    }).runInThisContext() as (...args: unknown[]) => void;
    wrapper.call(module.exports, module.exports, requireFrom(path), module, path, dirname(path));
    return module.exports;
  }

  function requireFrom(path: string): Require {
    const native = createRequire(path);
    return Object.assign((id: string) => (isBuiltin(id) ? native(id) : load(native.resolve(id))), {
      resolve: native.resolve,
    });
  }

  return { require: requireFrom(from), functions: () => functions };
}
