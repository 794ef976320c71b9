import { execFile } from 'node:child_process';
import { cp, mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const RUNTIME = fileURLToPath(new URL('../../dist/runtime/index.js', import.meta.url));

/** A span as Zipkin gets it. */
export interface SentSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId?: string;
  readonly name: string;
  readonly timestamp: number;
  readonly duration: number;
  readonly localEndpoint?: { readonly serviceName?: string };
  readonly tags?: Readonly<Record<string, string>>;
}

/** An extension that opens a span at each probe named `spans`, with the other services that tests need. */
export const EXTENSION: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    name: 'fixture-extension',
    version: '1.2.3',
    type: 'module',
    distrace: {
      services: {
        Interceptor: [
          './dist/interceptors.js#spans',
          './dist/interceptors.js#TraceSpan',
          './dist/interceptors.js#received',
          './dist/interceptors.js#flagging',
          './dist/interceptors.js#Giver',
          './dist/interceptors.js#Taker',
        ],
        SpanExporter: ['./dist/exporter.js#LineExporter'],
      },
    },
  }),
  'dist/interceptors.js': `
import { any, defineInterceptor, inPackage, Interceptor, method } from '@distrace/instrumentation';
import { TraceContext } from '@distrace/tracing/core';
import { shown } from './shown.cjs';

function open(call, trace) {
  trace.openNestedSpan(shown(call.function));
  trace.attachToCurrentAsync();
  call.state = trace;
}
const close = {
  onExit: (call) => void call.state.closeCurrentSpan(),
  onError: (call, error) => void call.state.closeCurrentSpan({ error }),
};
export const spans = defineInterceptor({
  name: 'spans',
  match: inPackage('app@>=1').and(any()),
  onEnter: (call) => open(call, TraceContext.current().copy()),
  ...close,
});
// Another class in the bundle has that name.
export class TraceSpan extends Interceptor {
  match = method('send');
  onEnter(call) { TraceContext.current().attachOnObject(call.args[0]); }
}
export const received = defineInterceptor({
  name: 'received',
  match: method('receive'),
  onEnter(call) {
    open(call, TraceContext.getFromObject(call.args[0]));
    const span = call.state.getCurrentSpan();
    if (span.hasBinaryAnnotation('bytes')) span.setBinaryAnnotation('bytes.sum', span.getBinaryAnnotation('bytes') + 3);
    if (span.hasFlag('fast-lane')) span.setBinaryAnnotation('was.fast', true);
  },
  ...close,
});
export const flagging = defineInterceptor({
  name: 'flagging',
  match: method('sender'),
  onEnter(call) {
    open(call, TraceContext.create());
    call.state.getCurrentSpan().addFlag('fast-lane').setBinaryAnnotation('bytes', 4, { carried: true });
  },
  ...close,
});
export class Giver extends Interceptor {
  match = method('give');
  onEnter(call) {
    const trace = TraceContext.create();
    trace.openNestedSpan(call.function);
    call.self.distrace = trace.detach();
  }
}
export class Taker extends Interceptor {
  match = method('take');
  onExit(call) { TraceContext.getFromObject(call.self).closeCurrentSpan(); }
}
`,
  'dist/shown.cjs': `exports.shown = (name) => name.trim();\n`,
  'dist/exporter.js': `
import { SpanExporter } from '@distrace/tracing/core';
export class LineExporter extends SpanExporter {
  constructor(prefix = 'LINE') { super(); this.prefix = prefix; }
  async send(spans) { for (const { name } of spans) process.stdout.write(this.prefix + ' ' + name + '\\n'); }
}
`,
};

/** Folders that go at the end of the test. */
export class Folders implements AsyncDisposable {
  readonly #made: string[] = [];

  async make(files: Readonly<Record<string, string>> = {}): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'distrace-bundle-'));
    this.#made.push(folder);
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(folder, name, '..'), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    return folder;
  }

  async copyOf(folder: string): Promise<string> {
    const copy = join(await this.make(), 'some', 'where', 'else');
    await cp(folder, copy, { recursive: true });
    return copy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const folder of this.#made) await rm(folder, { recursive: true, force: true });
  }
}

/** A collector on a free port that remembers what came. */
export async function fakeZipkin(): Promise<
  AsyncDisposable & { readonly url: string; readonly spans: SentSpan[] }
> {
  const spans: SentSpan[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      spans.push(...(JSON.parse(Buffer.concat(chunks).toString()) as SentSpan[]));
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What stands before the script: the bundle evaluated as an agent does, a runtime bound to it, and `woven`. */
const PRELUDE = `
import { compileFunction } from 'node:vm';
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { isMainThread, workerData } from 'node:worker_threads';
import { createRuntime } from ${JSON.stringify(RUNTIME)};
const file = new URL('helper.cjs', import.meta.url).pathname;
export const required = [];
export function evaluate() {
  const exports = {};
  const module = { exports };
  const require = (name) => {
    if (!isBuiltin(name)) throw new Error('resolved ' + name);
    required.push(name);
    return process.getBuiltinModule(name);
  };
  const names = ['exports', 'require', 'module', '__filename', '__dirname'];
  const code = readFileSync(file, 'utf8');
  compileFunction(code, names, { filename: file })(exports, require, module, file, file + '/..');
  return module.exports;
}
const runtime = createRuntime({ defer: setImmediate, onReport: ({ error }) => console.error(error) });
export const bundle = evaluate();
export function start(options = {}, from = bundle) {
  const handle = from.start({ serviceName: 'fixture', isMainThread, hiddenFiles: [${JSON.stringify(RUNTIME.replace(/index\.js$/, ''))}], ...options });
  runtime.control.setScope(handle);
  for (const [name, body] of Object.entries(from.interceptors)) runtime.control.bind(name, body);
  return handle;
}
export function probe(name, interceptor = 'spans', flow = 'sync') {
  return runtime.control.register([{ interceptors: [interceptor], function: name, line: 1, flow }]);
}
export function wovenAsync(name, body, interceptor) {
  const id = probe(name, interceptor, 'async');
  return async function (...args) {
    return await runtime.woven.runAsync(id, this, arguments, async () => await body.apply(this, args));
  };
}
export function woven(name, body, interceptor) {
  const id = probe(name, interceptor);
  return function (...args) {
    return runtime.woven.run(id, this, arguments, () => body.apply(this, args));
  };
}
`;

export interface Run {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a module in a folder that holds nothing but the bundle, itself and what `files` says. */
export async function runWith(
  folders: Folders,
  code: string,
  script: string,
  files: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const folder = await folders.make({
    ...files,
    'helper.cjs': code,
    'agent.mjs': PRELUDE,
    'main.mjs': script,
  });
  const { OTEL_TRACES_EXPORTER: _, ...env } = process.env;
  return await new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--disallow-code-generation-from-strings', 'main.mjs'],
      { cwd: folder, env, timeout: 60_000 },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}
