import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync as swc } from '@swc/wasm';
import { buildSync, transformSync as esbuild } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import type { ModuleFormat } from '../wire/edit-list.js';
import type { FunctionFacts } from './facts.js';
import { CATS } from './testing/cats.js';
import { weave } from './weave.js';

const folder = mkdtempSync(join(tmpdir(), 'compiled-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TSC = join(fileURLToPath(new URL('../../../../node_modules', import.meta.url)), '.bin', 'tsc');
const LEGACY = { compilerOptions: { experimentalDecorators: true, emitDecoratorMetadata: true } };

function byTsc(...flags: string[]): string {
  writeFileSync(join(folder, 'cats.ts'), CATS);
  try {
    execFileSync(TSC, ['--ignoreConfig', '--noCheck', '--outDir', 'out', ...flags, 'cats.ts'], {
      cwd: folder,
    });
  } catch {
    // It complains of the packages that are not there, and writes its output.
  }
  return readFileSync(join(folder, 'out', 'cats.js'), 'utf8');
}

function bySwc(target: 'es5' | 'es2017' | 'es2022', type: 'es6' | 'commonjs'): string {
  const transform = { legacyDecorator: true, decoratorMetadata: true };
  return swc(CATS, {
    jsc: { parser: { syntax: 'typescript', decorators: true }, target, transform },
    module: { type },
  }).code;
}

function byEsbuild(options: object): string {
  return esbuild(CATS, { loader: 'ts', tsconfigRaw: LEGACY, ...options }).code;
}

/** Several files in one bundle; another one has a class of the same name where names are kept. */
function bundled(options: {
  readonly keepNames?: boolean;
  readonly format: 'esm' | 'cjs';
  readonly target?: string;
}): string {
  const other = options.keepNames === true ? 'CatsController' : 'OtherController';
  writeFileSync(
    join(folder, 'main.ts'),
    `import { ${other} } from './other.ts'; export * from './cats.ts'; export { default } from './cats.ts'; export { ${other} as Other };`,
  );
  writeFileSync(join(folder, 'other.ts'), `export class ${other} { other() { return 1; } }`);
  writeFileSync(join(folder, 'base.ts'), 'export class Base { based() {} }');
  writeFileSync(join(folder, 'cats.ts'), CATS);
  const { outputFiles } = buildSync({
    entryPoints: [join(folder, 'main.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    external: ['@nestjs/common'],
    tsconfigRaw: LEGACY,
    ...options,
  });
  return outputFiles[0]!.text;
}

const decorators = ['--experimentalDecorators', '--emitDecoratorMetadata'];
const OUTPUTS: [string, ModuleFormat, () => string][] = [
  ['tsc to ES2022 and ESM', 'esm', () => byTsc(...decorators, '--target', 'es2022', '--module', 'esnext')],
  [
    'tsc to ES2015 and CommonJS',
    'cjs',
    () => byTsc(...decorators, '--target', 'es2015', '--module', 'commonjs'),
  ],
  ['tsc with standard decorators', 'esm', () => byTsc('--target', 'es2022', '--module', 'esnext')],
  ['SWC to ES2022 and ESM', 'esm', () => bySwc('es2022', 'es6')],
  ['SWC to ES2017 and CommonJS', 'cjs', () => bySwc('es2017', 'commonjs')],
  ['SWC to ES5 and CommonJS', 'cjs', () => bySwc('es5', 'commonjs')],
  ['esbuild to ESM', 'esm', () => byEsbuild({ format: 'esm', target: 'es2022' })],
  [
    'esbuild to CommonJS, names kept',
    'cjs',
    () => byEsbuild({ format: 'cjs', target: 'es2021', keepNames: true }),
  ],
  [
    'esbuild to ES2016, names kept',
    'esm',
    () => byEsbuild({ format: 'esm', target: 'es2016', keepNames: true }),
  ],
  [
    'esbuild, minified but for names',
    'esm',
    () => byEsbuild({ format: 'esm', target: 'es2022', minifySyntax: true, minifyWhitespace: true }),
  ],
  ['an esbuild bundle', 'esm', () => bundled({ format: 'esm', target: 'es2022' })],
  ['an esbuild bundle in CommonJS, names kept', 'cjs', () => bundled({ format: 'cjs', keepNames: true })],
];

/** The facts of all functions of a compiled text. */
function factsOf(source: string, format: ModuleFormat): FunctionFacts[] {
  const facts: FunctionFacts[] = [];
  const rule = { name: 'look', replaces: false, matches: (fn: FunctionFacts) => facts.push(fn) < 0 };
  expect(weave(source, { path: 'cats.js', format, rules: [rule] }).report.refused).toEqual([]);
  return facts;
}

describe.each(OUTPUTS)('%s', (name, format, compile) => {
  const facts = factsOf(compile(), format);
  const member = (className: string, memberName: string, kind?: string) =>
    facts.filter(
      (fn) =>
        fn.classNames.includes(className) &&
        fn.name === memberName &&
        (kind === undefined || fn.kind === kind),
    );
  const isSwcEs5 = name.startsWith('SWC to ES5');

  it('keeps methods with class, decorators and super classes', () => {
    expect(member('CatsService', 'findAll')).toEqual([
      expect.objectContaining({
        kind: 'method',
        decorators: ['Get'],
        classDecorators: ['Injectable'],
        isStatic: false,
        exported: true,
      }),
    ]);
    expect(member('CatsService', 'findAll')[0]!.superClasses).toEqual(
      expect.arrayContaining(['Middle', 'Base']),
    );
    expect(member('CatsService', 'hidden')).toEqual([
      expect.objectContaining({ kind: 'method', decorators: [] }),
    ]);
    expect(member('CatsController', 'list')).toEqual([
      expect.objectContaining({ decorators: ['Get'], classDecorators: ['Controller'], superClasses: [] }),
    ]);
  });

  it('keeps getters, static methods and constructors', () => {
    expect(member('CatsService', 'open')).toEqual([
      expect.objectContaining({ kind: 'getter', decorators: ['Get'] }),
    ]);
    expect(member('CatsService', 'create')).toEqual([
      expect.objectContaining({ kind: 'method', isStatic: true }),
    ]);
    expect(member('CatsService', 'constructor')).toEqual([
      expect.objectContaining({ kind: 'constructor', classDecorators: ['Injectable'] }),
    ]);
  });

  it('keeps arrow functions of fields, as long as they are arrow functions', () => {
    const kinds = member('CatsService', 'handler').map(({ kind }) => kind);
    expect(kinds).toEqual(isSwcEs5 ? [] : ['arrow']);
  });

  it('knows what is exported', () => {
    const exported = facts
      .filter((fn) => fn.exported)
      .map((fn) => (fn.classNames.includes('CatsService') ? 'CatsService' : fn.name));
    expect(exported).toEqual(expect.arrayContaining(['plain', 'CatsService']));
    expect(exported.some((each) => each === 'main' || each === 'default')).toBe(true);
    expect(member('NotExported', 'm')).toEqual([expect.objectContaining({ exported: false })]);
  });
});
