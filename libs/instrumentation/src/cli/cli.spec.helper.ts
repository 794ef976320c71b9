import { fileURLToPath } from 'node:url';
import { folderOf } from '../services/extension.spec.helper.js';
import { runCli } from './run.js';

const LIBRARY = fileURLToPath(import.meta.resolve('@distrace/instrumentation'));

/** What a command wrote and ended with. */
export interface CliRun {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command in this process. Its clocks stand still at `nowMs`. */
export async function run(
  cwd: string,
  args: readonly string[],
  { nowMs = 1_800_000_000_000 }: { readonly nowMs?: number } = {},
): Promise<CliRun> {
  let out = '';
  let err = '';
  const exitCode = await runCli(args, {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    cwd,
    env: {},
    now: () => nowMs,
    clock: () => nowMs,
  });
  return { exitCode, out, err };
}

const EXTENSION = `
import { any, defineInterceptor, func, inClass, inFile, inPackage, method } from ${JSON.stringify(LIBRARY)};
const onEnter = (call) => { (globalThis.entered ??= []).push(call.function); };
export const orders = defineInterceptor({ name: 'orders', match: inPackage('shop@>=2').and(inClass('Orders')), onEnter });
export const typo = defineInterceptor({ name: 'typo', match: inPackage('shop').and(inFile('dist/*.js')).and(inClass('Orders')).and(method('plaec')), onEnter });
export const express = defineInterceptor({ name: 'express', match: inPackage('express@>=5').and(func('handle')), onEnter });
`;

const ORDERS = `class Orders {
  place(id) {
    return id + 1;
  }
  cancel(id) { return -id; }
}
module.exports = { Orders };
`;

/** A folder with an app `shop`, a package installed in it, and an extension `ext` of three interceptors. */
export function exampleFolder(more: Readonly<Record<string, string | object>> = {}): Promise<string> {
  return folderOf({
    'shop/package.json': { name: 'shop', version: '2.1.0' },
    'shop/dist/orders.js': ORDERS,
    'shop/dist/plain.js': 'exports.x = 1;\n',
    'shop/node_modules/bank/package.json': { name: 'bank', version: '1.0.0' },
    'shop/node_modules/bank/orders.js': ORDERS,
    'ext/package.json': { name: 'ext', version: '1.0.0', type: 'module' },
    'ext/index.js': EXTENSION,
    'ext/META-INF/services/Interceptor': './index.js#orders\n./index.js#typo\n./index.js#express\n',
    ...more,
  });
}
