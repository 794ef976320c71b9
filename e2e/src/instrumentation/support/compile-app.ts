import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { transform as transformWithSwc } from '@swc/wasm';
import { build, transform } from 'esbuild';

const SOURCES = fileURLToPath(new URL('../../../fixtures/compiled-app/', import.meta.url));
const TSC = join(dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))), 'bin', 'tsc');

/** Compiled files by their path; the main one is `main.js`. */
export type CompiledFiles = Readonly<Record<string, string>>;

/** The ways in which Nest applications are compiled. */
export const COMPILERS: Readonly<Record<string, () => Promise<CompiledFiles>>> = {
  tsc: compileWithTsc,
  'SWC to CommonJS': () => eachSource(withSwc, 'commonjs'),
  'SWC to ESM': () => eachSource(withSwc, 'es6'),
  esbuild: () => eachSource(withEsbuild, 'es6'),
  'esbuild, bundled': bundle,
};

type ModuleKind = 'commonjs' | 'es6';

async function compileWithTsc(): Promise<CompiledFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'distrace-tsc-'));
  const options =
    `--module nodenext --target es2023 --types node --experimentalDecorators --emitDecoratorMetadata ` +
    `--rewriteRelativeImportExtensions --skipLibCheck --ignoreConfig`;
  try {
    const where = ['--outDir', folder, join(SOURCES, 'main.ts')];
    await promisify(execFile)(process.execPath, [TSC, ...options.split(' '), ...where]);
    const names = (await readdir(folder)).filter((name) => name.endsWith('.js'));
    const files = names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const);
    return withType('es6', Object.fromEntries(await Promise.all(files)));
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

async function eachSource(
  compile: (source: string, kind: ModuleKind) => Promise<string>,
  kind: ModuleKind,
): Promise<CompiledFiles> {
  const files: Record<string, string> = {};
  for (const name of ['main', 'tasks']) {
    const code = await compile(await readFile(join(SOURCES, `${name}.ts`), 'utf8'), kind);
    files[`${name}.js`] = code.replace('./tasks.ts', './tasks.js');
  }
  return withType(kind, files);
}

async function withSwc(source: string, kind: ModuleKind): Promise<string> {
  const { code } = await transformWithSwc(source, {
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      target: 'es2022',
      keepClassNames: true,
    },
    module: { type: kind },
  });
  return code;
}

const DECORATORS = { compilerOptions: { experimentalDecorators: true } };

async function withEsbuild(source: string): Promise<string> {
  const options = { loader: 'ts', target: 'node22', keepNames: true, tsconfigRaw: DECORATORS } as const;
  return (await transform(source, options)).code;
}

async function bundle(): Promise<CompiledFiles> {
  const { outputFiles } = await build({
    entryPoints: [join(SOURCES, 'main.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    packages: 'external',
    keepNames: true,
    minifySyntax: true,
    minifyWhitespace: true,
    tsconfigRaw: DECORATORS,
  });
  return withType('es6', { 'main.js': outputFiles[0]!.text });
}

function withType(kind: ModuleKind, files: CompiledFiles): CompiledFiles {
  const type = kind === 'es6' ? 'module' : 'commonjs';
  return { 'package.json': JSON.stringify({ name: 'app', version: '1.2.3', type }), ...files };
}
