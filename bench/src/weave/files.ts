import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A real file and the one function in it that is to be woven. */
export interface MarkedFile {
  readonly name: string;
  readonly format: 'cjs' | 'esm';
  readonly className: string;
  readonly methodName: string;
  /** A class member, or a function assigned to a prototype. */
  readonly shape: 'method' | 'prototype';
  readonly source: string;
}

const require = createRequire(import.meta.url);

function textOf(entry: string, path: string): string {
  return readFileSync(join(dirname(require.resolve(entry)), path), 'utf8');
}

/** From small to large, ESM and CommonJS. */
export const FILES: readonly MarkedFile[] = [
  {
    name: 'amqplib channel, 8 kB, CommonJS',
    format: 'cjs',
    className: 'Channel',
    methodName: 'consume',
    shape: 'method',
    source: textOf('amqplib', 'lib/channel_model.js'),
  },
  {
    name: 'Nest router, 22 kB, ESM',
    format: 'esm',
    className: 'RouterExecutionContext',
    methodName: 'create',
    shape: 'method',
    source: textOf('@nestjs/core', 'router/router-execution-context.js'),
  },
  {
    name: 'Nest injector, 57 kB, ESM',
    format: 'esm',
    className: 'Injector',
    methodName: 'loadInstance',
    shape: 'method',
    source: textOf('@nestjs/core', 'injector/injector.js'),
  },
  {
    name: 'rxjs bundle, 284 kB, CommonJS',
    format: 'cjs',
    className: 'Subject',
    methodName: 'next',
    shape: 'prototype',
    source: textOf('rxjs/package.json', 'dist/bundles/rxjs.umd.js'),
  },
];
