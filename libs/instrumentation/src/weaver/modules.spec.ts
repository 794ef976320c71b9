import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { constants, Script } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unweave } from '../wire/apply-edits.js';
import { callsDuring, runCommonJs, weaveAll } from './testing/run-forms.js';

/** Node's own `import()`: vitest's would load another form of the module. */
const nativeImport = new Script('(url) => import(url)', {
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
}).runInThisContext() as (url: string) => Promise<Record<string, unknown>>;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weave-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes woven ES modules and imports the first, as Node does. */
async function importWoven(
  files: Record<string, string>,
  state: 'off' | 'on',
): Promise<Record<string, unknown>> {
  for (const [name, source] of Object.entries(files)) {
    const { code } = weaveAll(source, state, { format: 'esm' });
    expect(unweave(code)).toBe(source);
    writeFileSync(join(folder, name), code);
  }
  const url = pathToFileURL(join(folder, Object.keys(files)[0]!)).href;
  return nativeImport(url);
}

/** Runs woven CommonJS files that require each other; gives the first one's exports. */
function requireWoven(files: Record<string, string>, state: 'off' | 'on'): Record<string, unknown> {
  const cache: Record<string, Record<string, unknown>> = {};
  const load = (name: string): Record<string, unknown> => {
    const known = cache[name];
    if (known !== undefined) return known;
    const exports = (cache[name] = {});
    return runCommonJs(weaveAll(files[name]!, state).code, { require: load, exports });
  };
  return load(Object.keys(files)[0]!);
}

describe.each(['off', 'on'] as const)('modules, probes %s', (state) => {
  it('I8: a hoisted function of an ES module works before its module ran', async () => {
    const { calls, value } = await callsDuring(() =>
      importWoven(
        {
          'a.mjs': `import { early } from './b.mjs';
            export function hoisted(x) { return 'hoisted ' + x; }
            export const result = early;`,
          'b.mjs': `import { hoisted } from './a.mjs'; export const early = hoisted(1);`,
        },
        state,
      ),
    );
    expect(value['result']).toBe('hoisted 1');
    expect(calls).toEqual(state === 'on' ? ['hoisted'] : []);
  });

  it('I8: so does one of a CommonJS module', () => {
    const loaded = requireWoven(
      {
        './a': `exports.hoisted = hoisted; const b = require('./b');
          function hoisted(x) { return 'hoisted ' + x; } exports.result = b.early;`,
        './b': `exports.early = require('./a').hoisted(1);`,
      },
      state,
    );
    expect(loaded['result']).toBe('hoisted 1');
  });

  it('I9: classes that need each other in a cycle', async () => {
    const files = {
      'base.mjs': `import { make } from './sub.mjs';
        export class Base { run(n) { return n > 0 ? make().run(n - 1) : 'base'; } static of() { return make(); } }`,
      'sub.mjs': `import { Base } from './base.mjs';
        export function make() { return new (class Sub extends Base { run(n) { return 'sub ' + super.run(n); } })(); }`,
    };
    const { value, calls } = await callsDuring(async () => {
      const { Base } = await importWoven(files, state);
      return (Base as { of(): { run(n: number): string } }).of().run(2);
    });
    expect(value).toBe('sub sub sub base');
    expect(calls.filter((name) => name.endsWith('.run'))).toHaveLength(state === 'on' ? 6 : 0);
  });

  it('import.meta, top-level await, default exports and strict mode', async () => {
    const loaded = await importWoven(
      {
        'a.mjs': `export const early = await Promise.resolve(1);
          export default function () { return [typeof import.meta.url, this === undefined]; }
          export const later = async () => (await import('./b.mjs')).default(2);`,
        'b.mjs': `export default (x) => x * 2;`,
      },
      state,
    );
    expect(loaded['early']).toBe(1);
    expect((loaded['default'] as () => unknown).call(undefined)).toEqual(['string', true]);
    expect((loaded['default'] as () => unknown).name).toBe('default');
    expect(await (loaded['later'] as () => unknown)()).toBe(4);
  });

  it('a byte order mark, a hashbang, both, and what CommonJS allows at the top', () => {
    for (const start of ['\uFEFF', '#!/usr/bin/env node\n', '\uFEFF#!/usr/bin/env node\r\n']) {
      const source = `${start}exports.f = (a) => { return new.target === undefined && a; };\nif (new.target) return;\nreturn;`;
      const { code, woven } = weaveAll(source, state);
      expect(woven.report.refused).toEqual([]);
      expect(unweave(code)).toBe(source);
      expect(code.startsWith(start)).toBe(true);
    }
  });
});
