import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transform as swc } from '@swc/wasm';
import { build, transform as esbuild } from 'esbuild';
import { afterEach, describe, expect, it } from 'vitest';
import { folderOf, removeFolders } from '../services/extension.spec.helper.js';
import { weave } from '../weaver/index.js';
import type { ModuleFormat } from '../wire/index.js';
import { decoratedWith, getter, inClass, method, subTypeOf } from './matcher.js';
import { prepareRules, weaveRules } from './prepare-rules.js';

// As a Nest application is written: decorated classes and members, injected parameters, a base class.
const SOURCE = `
import { Base, Body, Controller, Get, Injectable, Post } from './nest.js';
import * as nest from './nest.js';

@Injectable()
export class OrdersService extends Base {
  private readonly kept = new Map<string, number>();
  get size(): number { return this.kept.size; }
  find(id: string): number | undefined { return this.kept.get(id); }
}

@Controller('orders')
export class OrdersController {
  constructor(private readonly service: OrdersService) {}
  @Get(':id')
  find(id: string): number | undefined { return this.service.find(id); }
  @nest.Post()
  async place(@Body() body: { id: string }): Promise<string> { return body.id; }
  plain(): void {}
}
`;

const RULES = [
  { name: 'get', match: decoratedWith('Get') },
  { name: 'post', match: decoratedWith('Post') },
  { name: 'service', match: decoratedWith('Injectable').and(method('find')) },
  { name: 'controller', match: inClass('OrdersController').and(method('plain')) },
  { name: 'size', match: inClass('OrdersService').and(getter('size')) },
  { name: 'base', match: subTypeOf('Base').and(method('find')) },
];

const TSC = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc');
const run = promisify(execFile);

async function tsc(module: 'esnext' | 'commonjs', ...more: readonly string[]): Promise<string> {
  const folder = await folderOf({ 'app.ts': SOURCE });
  const options = [
    '--module',
    module,
    '--moduleResolution',
    'bundler',
    '--target',
    'es2022',
    '--noCheck',
    '--types',
    '',
  ];
  const decorators = ['--experimentalDecorators', '--emitDecoratorMetadata'];
  await run(process.execPath, [TSC, 'app.ts', '--ignoreConfig', ...options, ...decorators, ...more], {
    cwd: folder,
  }).catch(
    // It cannot find ./nest.js and emits all the same.
    () => undefined,
  );
  return await readFile(join(folder, 'app.js'), 'utf8');
}

async function withSwc(type: 'commonjs' | 'es6', target: 'es5' | 'es2022'): Promise<string> {
  const { code } = await swc(SOURCE, {
    jsc: {
      target,
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
    module: { type },
  });
  return code;
}

const decorators = { compilerOptions: { experimentalDecorators: true } };

async function withEsbuild(options: Parameters<typeof esbuild>[1] = {}): Promise<string> {
  const { code } = await esbuild(SOURCE, {
    loader: 'ts',
    tsconfigRaw: decorators,
    target: 'node22',
    ...options,
  });
  return code;
}

async function bundled(): Promise<string> {
  const folder = await folderOf({
    'app.ts': SOURCE,
    'nest.js': ['Body', 'Controller', 'Get', 'Injectable', 'Post']
      .map((name) => `export const ${name} = () => () => {};\n`)
      .concat('export class Base {}\n')
      .join(''),
  });
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(decorators));
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'app.ts')],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    keepNames: true,
  });
  return outputFiles[0]!.text;
}

function matched(text: string, format: ModuleFormat): Record<string, readonly string[]> {
  const place = { package: 'shop', version: '1.0.0', path: 'dist/app.js', format, source: '' };
  const { rules } = prepareRules(RULES, { weaver: 1 }).rulesFor(place);
  const { probes, report } = weave(text, { path: place.path, format, rules: weaveRules(rules) });
  expect(report.refused).toEqual([]);
  const functionsOf = (name: string) =>
    probes.filter(({ interceptors }) => interceptors.includes(name)).map((probe) => probe.function);
  return Object.fromEntries(RULES.map(({ name }) => [name, functionsOf(name)]));
}

const EXPECTED = {
  get: ['OrdersController.find'],
  post: ['OrdersController.place'],
  service: ['OrdersService.find'],
  controller: ['OrdersController.plain'],
  size: ['OrdersService.get size'],
  base: ['OrdersService.find'],
};

afterEach(removeFolders);

describe('matchers in compiled output', () => {
  it.each([
    ['tsc to ESM', 'esm', () => tsc('esnext')],
    ['tsc to CommonJS', 'cjs', () => tsc('commonjs')],
    ['SWC to ESM', 'esm', () => withSwc('es6', 'es2022')],
    ['SWC to CommonJS', 'cjs', () => withSwc('commonjs', 'es2022')],
    ['SWC to ES5', 'cjs', () => withSwc('commonjs', 'es5')],
    ['esbuild to ESM', 'esm', () => withEsbuild()],
    ['esbuild to CommonJS with names kept', 'cjs', () => withEsbuild({ format: 'cjs', keepNames: true })],
    ['esbuild in one bundle', 'cjs', bundled],
    [
      'esbuild, white space and syntax minified',
      'esm',
      () => withEsbuild({ minifyWhitespace: true, minifySyntax: true }),
    ],
  ] as const)('I10: find decorated classes and members as %s writes them', async (_name, format, compile) => {
    expect(matched(await compile(), format)).toEqual(EXPECTED);
  });
});
