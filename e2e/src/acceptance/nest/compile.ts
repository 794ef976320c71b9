import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { transformSync } from '@swc/wasm';

const run = promisify(execFile);
const TSC = fileURLToPath(new URL('../../../../node_modules/typescript/bin/tsc', import.meta.url));
const SOURCE = fileURLToPath(new URL('./programs/orders-app.ts', import.meta.url));

/** A way to make a program of `programs/orders-app.ts`. */
export type Build = 'tsc, ES module' | 'tsc, CommonJS' | 'SWC, ES module' | 'SWC, CommonJS';

/** Compiles it into this folder, which must see node_modules; answers the file to run, with URL and queue as arguments. */
export async function compileOrdersApp(build: Build, folder: string): Promise<string> {
  const isModule = build.endsWith('ES module');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: isModule ? 'module' : 'commonjs' }));
  if (build.startsWith('tsc')) await compileByTsc(folder);
  else await compileBySwc(folder, isModule);
  const main = join(folder, 'main.js');
  await writeFile(main, isModule ? MODULE_MAIN : COMMONJS_MAIN);
  return main;
}

const PRINT = `run(...process.argv.slice(2)).then((result) => {
  process.stdout.write(JSON.stringify(result));
  process.exit(0);
});
`;
const MODULE_MAIN = `import { run } from './orders-app.js';\n${PRINT}`;
const COMMONJS_MAIN = `const { run } = require('./orders-app.js');\n${PRINT}`;

const TSCONFIG = {
  files: ['orders-app.ts'],
  compilerOptions: {
    target: 'es2024',
    // The package.json beside the file says which kind of module it is.
    module: 'nodenext',
    types: ['node'],
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    noCheck: true,
  },
};

async function compileByTsc(folder: string): Promise<void> {
  await copyFile(SOURCE, join(folder, 'orders-app.ts'));
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  await run(process.execPath, [TSC, '-p', folder]);
}

async function compileBySwc(folder: string, isModule: boolean): Promise<void> {
  const { code } = transformSync(await readFile(SOURCE, 'utf8'), {
    filename: SOURCE,
    swcrc: false,
    module: { type: isModule ? 'es6' : 'commonjs' },
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
  });
  await writeFile(join(folder, 'orders-app.js'), code);
}
