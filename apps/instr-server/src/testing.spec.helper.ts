import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import 'reflect-metadata';
import { definitionOf } from '@distrace/instrumentation';
import {
  WEAVER,
  type AgentFacts,
  type FileIdentity,
  type InstrumentAnswer,
} from '@distrace/instrumentation/wire';
import { createInstrServer, type InstrServer } from './create-instr-server.js';
import type { InstrServerOptions } from './options.js';
import { ruleDataOf, type LoadedRules } from './rules/rule-set.js';
import type { Stats } from './stats/stats.js';

const WORKSPACE = fileURLToPath(new URL('../../..', import.meta.url));

type Cleanup = () => void | Promise<void>;

let onTestFinished: (cleanup: Cleanup) => void;

/** Says how to clean up: by vitest's `onTestFinished`, which only specs may import. */
export function cleanWith(register: (cleanup: Cleanup) => void): void {
  onTestFinished = register;
}

/** A folder that is there until the test ends. */
export function tempFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'instr-server-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files into a folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** The text of an extension's module: an interceptor for each matcher. */
export function rulesText(rules: Readonly<Record<string, string>>): string {
  const lines = Object.entries(rules).map(
    ([name, match]) =>
      `export const ${name} = defineInterceptor({ name: '${name}', match: ${match}, onEnter() {} });`,
  );
  return `import { any, defineInterceptor, func, inClass, inFile, inPackage, method } from '@distrace/instrumentation';\n${lines.join('\n')}\n`;
}

/** A folder with an extension of such rules; the same folder again writes other rules into it. */
export function makeExtension(rules: Readonly<Record<string, string>>, folder = tempFolder()): string {
  const manifest = {
    name: 'test-extension',
    version: '1.0.0',
    type: 'module',
    distrace: { services: { Interceptor: Object.keys(rules).map((name) => `./rules.js#${name}`) } },
  };
  writeFiles(folder, { 'package.json': JSON.stringify(manifest), 'rules.js': rulesText(rules) });
  const scope = join(folder, 'node_modules', '@distrace');
  mkdirSync(scope, { recursive: true });
  for (const name of ['instrumentation', 'tracing', 'zipkin']) {
    try {
      symlinkSync(join(WORKSPACE, 'libs', name), join(scope, name));
    } catch {
      // There from the last time.
    }
  }
  return folder;
}

/** What an answer was. */
export interface Said {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  readonly json: () => Record<string, unknown>;
}

/** What a request has. */
export interface Asked {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: unknown;
  readonly token?: string;
}

/** A server that runs until the test ends. */
export interface TestServer extends InstrServer {
  readonly url: string;
  readonly warnings: readonly string[];
  ask(path: string, asked?: Asked): Promise<Said>;
  post(path: string, body: unknown, token?: string): Promise<Said>;
  handshake(agent?: Partial<AgentFacts>, have?: object, token?: string): Promise<Said>;
  /** As an agent does it: without the source first. */
  instrument(file: FileIdentity, text?: string, service?: string): Promise<InstrumentAnswer>;
  stats(): Promise<Stats>;
}

/** Where `shop` places its orders; `place` is marked by the default rules. */
export const ORDERS = 'class Orders { place(a) { return a + 1; } }\nmodule.exports = { Orders };\n';

/** The default rules of a {@link TestServer}. */
export const RULES = { orders: `inPackage('shop').and(method('place'))` };

let imports = 0;

/** Loads extensions in this process and builds no bundle, which takes a second each time. */
async function loadHere(extensions: readonly string[]): Promise<LoadedRules> {
  const rules = [];
  for (const folder of extensions) {
    const module = `${pathToFileURL(join(folder, 'rules.js')).href}?${imports++}`;
    const definitions = Object.values((await import(module)) as Record<string, unknown>).map(definitionOf);
    rules.push(...definitions.map(ruleDataOf));
  }
  const bundle = `module.exports = ${JSON.stringify(rules)};`;
  return { rules, bundle, folders: extensions, files: extensions.map((folder) => join(folder, 'rules.js')) };
}

/** Starts the real app on a free port, for the test that runs. With `isReal` the extensions are bundled as well. */
export async function startServer(
  options: Partial<InstrServerOptions> = {},
  { isReal = false }: { readonly isReal?: boolean } = {},
): Promise<TestServer> {
  const warnings: string[] = [];
  const server = await createInstrServer(
    {
      extensions: options.extensions ?? [makeExtension(RULES)],
      warn: (message) => warnings.push(message),
      workers: 1,
      weaveTimeoutMs: 20_000,
      ...options,
    },
    { seams: isReal ? {} : { load: loadHere } },
  );
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= server.close());
  onTestFinished(close);
  const url = await server.listen({ port: 0 });
  const token = options.tokens?.[0]?.token;
  const ask = (path: string, asked: Asked = {}) => askAt(url + path, { token, ...asked });
  const post = (path: string, body: unknown, as = token) => ask(path, { method: 'POST', body, token: as });
  return {
    ...server,
    url,
    warnings,
    close,
    ask,
    post,
    handshake: (agent = {}, have = {}, as = token) =>
      post('/v1/handshake', { agent: facts(agent), have }, as),
    instrument: async (file, text, service = 'shop') => {
      const answer = async (body: object) =>
        (await post('/v1/instrument', { service, file, ...body })).json() as unknown as InstrumentAnswer;
      const first = await answer({});
      return first.status === 'need-source' && text !== undefined ? await answer({ text }) : first;
    },
    stats: async () => (await ask('/v1/stats')).json() as unknown as Stats,
  };
}

/** What an agent says of itself. */
export function facts(other: Partial<AgentFacts> = {}): AgentFacts {
  return {
    protocol: { min: 1, max: 1 },
    agentId: '00000000000000aa',
    agentVersion: '0.1.0',
    weaver: WEAVER,
    service: 'shop',
    node: 'v24.21.0',
    pid: 4711,
    mode: 'shared',
    serial: 0,
    rulesHash: '',
    woven: 0,
    missed: 0,
    ...other,
  };
}

/** The identity of a text as a file of the package `shop`. */
export function fileOf(text: string, other: Partial<FileIdentity> = {}): FileIdentity {
  return {
    package: 'shop',
    version: '1.0.0',
    path: 'dist/orders.js',
    format: 'cjs',
    source: sha(text),
    ...other,
  };
}

/** SHA-256, lower-case hex. */
export function sha(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The payload of a signed text. */
export function payloadOf(signed: unknown): Record<string, unknown> {
  const text = String(signed);
  return JSON.parse(text.slice(text.indexOf('\n') + 1)) as Record<string, unknown>;
}

// Not fetch: it forbids the headers that matter here and unpacks what comes.
export function askAt(
  url: string,
  { method = 'GET', headers = {}, body, token }: Asked,
  socketPath?: string,
): Promise<Said> {
  const payload =
    body === undefined
      ? undefined
      : Buffer.isBuffer(body) || typeof body === 'string'
        ? body
        : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      url,
      {
        method,
        agent: false,
        socketPath,
        headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const text = bytes.toString();
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            bytes,
            text,
            json: () => JSON.parse(text) as Record<string, unknown>,
          });
        });
      },
    );
    request.on('error', reject);
    request.end(payload);
  });
}
