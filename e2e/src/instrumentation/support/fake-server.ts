import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileKey, signText, WEAVER } from '@distrace/instrumentation/wire';
import type {
  EditList,
  HandshakeAnswer,
  HandshakeRequest,
  InstrumentAnswer,
  InstrumentRequest,
  KeyPair,
  Manifest,
  ManifestRule,
  Pack,
} from '@distrace/instrumentation/wire';
import { createKeyPair } from '@distrace/instrumentation/wire';
import { weave } from '@distrace/instrumentation';

/** Writes a line for each call of a marked function to the file that the app was given in `TEST_SPANS`. */
export const COUNTING_BUNDLE = `
const { appendFileSync } = require('node:fs');
const { threadId } = require('node:worker_threads');
const say = (line) => process.env.TEST_SPANS && appendFileSync(process.env.TEST_SPANS, JSON.stringify(line) + '\\n');
exports.v = 1;
exports.interceptors = {
  marked: { onEnter({ function: name, line }) { say({ name, line, pid: process.pid, threadId }); } },
};
exports.start = (options) => {
  say({ started: options });
  return { scope: (fn) => fn(), shutdown: async () => say({ shutdown: process.pid }) };
};
`;

/** Functions whose name begins with `marked` in any file that says so. */
export const MARKED_RULE: ManifestRule = {
  name: 'marked',
  files: [{ packages: null, path: null, words: ['marked'] }],
  enabled: true,
};

export interface FakeServerOptions {
  readonly service?: string;
  readonly keys?: KeyPair;
  readonly bundle?: string;
  readonly rules?: readonly ManifestRule[];
  readonly pollIntervalMs?: number;
  readonly port?: number;
  /** PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Changes what is signed. */
  readonly changeManifest?: (manifest: Manifest) => object;
  readonly changeEdits?: (list: EditList, source: string) => EditList;
  /** Changes what is sent, after it was signed. */
  readonly changeAnswer?: (answer: HandshakeAnswer, asked: { readonly isPackWanted: boolean }) => unknown;
  readonly changeInstrument?: (answer: InstrumentAnswer) => unknown;
  /** Answers instead; true: it has. */
  readonly instead?: (request: IncomingMessage, response: ServerResponse, answer: () => string) => boolean;
}

export interface SeenRequest {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
  readonly text: string;
}

/** A server that keeps the protocol with rules of its own, weaves for real, and can be made to lie. */
export interface FakeServer extends AsyncDisposable {
  readonly port: number;
  readonly keys: KeyPair;
  readonly requests: SeenRequest[];
  /** What processes said at their end. */
  readonly goodbyes: SeenRequest[];
  /** Files woven, each once. */
  readonly transforms: readonly string[];
  options: FakeServerOptions;
  serial: number;
  /** For `DISTRACE_ARGS`. */
  args(more?: Readonly<Record<string, string>>): string;
  /** Ends it as a crash would. */
  stop(): Promise<void>;
  /** On the same port. */
  restart(): Promise<void>;
}

export async function startFakeServer(options: FakeServerOptions = {}): Promise<FakeServer> {
  const keys = options.keys ?? createKeyPair();
  const sources = new Map<string, string>();
  const woven: Record<string, EditList | null> = {};
  const requests: SeenRequest[] = [];
  const goodbyes: SeenRequest[] = [];
  const transforms: string[] = [];
  const issuedAtMs = Date.now();
  let server: Server;
  let port = 0;

  const fake: FakeServer = {
    get port() {
      return port;
    },
    keys,
    requests,
    goodbyes,
    transforms,
    options,
    serial: 1,
    args: (more = {}) =>
      Object.entries({
        connection: `127.0.0.1:${port}`,
        public_key: keys.publicKey,
        service: fake.options.service ?? 'app',
        timeout_ms: '10000',
        ...more,
      })
        .map(([key, value]) => `${key}=${value}`)
        .join(';'),
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    restart: () => listen(port),
    async [Symbol.asyncDispose]() {
      if (server.listening) await fake.stop();
    },
  };

  async function listen(at: number): Promise<void> {
    const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        const body = text === '' ? undefined : (JSON.parse(text) as unknown);
        const seen = { url: request.url ?? '', headers: request.headers, body, text };
        if (request.method === 'DELETE') {
          goodbyes.push(seen);
          response.writeHead(204).end();
          return;
        }
        requests.push(seen);
        const make = () => JSON.stringify(answerTo(request.url ?? '', body));
        if (fake.options.instead?.(request, response, make) === true) return;
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(make());
      });
    };
    const { tls } = fake.options;
    server = tls === undefined ? createServer(onRequest) : createTlsServer(tls, onRequest);
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  }

  function answerTo(url: string, body: unknown): unknown {
    if (url === '/v1/handshake') return handshake(body as HandshakeRequest);
    const answer = instrument(body as InstrumentRequest);
    return fake.options.changeInstrument?.(answer) ?? answer;
  }

  function handshake({ agent, have, pack: isPackWanted = true }: HandshakeRequest): unknown {
    const { bundle = COUNTING_BUNDLE, changeManifest = (same) => same, changeAnswer } = fake.options;
    const manifest = manifestOf(agent.service);
    const manifestText = signText('manifest', JSON.stringify(changeManifest(manifest)), keys.privateKey);
    const pack: Pack = {
      v: 1,
      service: agent.service,
      serial: fake.serial,
      rulesHash: manifest.rulesHash,
      files: woven,
    };
    const packText = signText('pack', JSON.stringify(pack), keys.privateKey);
    const answer: HandshakeAnswer = {
      protocol: 1,
      manifest: have.manifest === sha256(manifestText) ? null : manifestText,
      bundle: have.bundle === sha256(bundle) ? null : bundle,
      pack: !isPackWanted || have.pack === sha256(packText) ? null : packText,
    };
    return changeAnswer?.(answer, { isPackWanted }) ?? answer;
  }

  function manifestOf(service: string): Manifest {
    const { bundle = COUNTING_BUNDLE, rules = [MARKED_RULE], pollIntervalMs = 100 } = fake.options;
    return {
      v: 1,
      service,
      serial: fake.serial,
      issuedAtMs,
      expiresAtMs: issuedAtMs + 86_400_000,
      rulesHash: sha256(JSON.stringify(rules.map(({ name, files }) => [name, files]))),
      weaver: WEAVER,
      rules,
      bundle: { sha256: sha256(bundle), sizeBytes: Buffer.byteLength(bundle) },
      pollIntervalMs,
    };
  }

  function instrument({ file, text }: InstrumentRequest): InstrumentAnswer {
    const source = text ?? sources.get(file.source);
    if (source === undefined) return { status: 'need-source' };
    if (sha256(source) !== file.source) return { status: 'refused', reason: 'hash' };
    const phase = text === undefined ? 'original' : 'sent';
    sources.set(file.source, source);
    transforms.push(file.path);
    const { rules = [MARKED_RULE], changeEdits = (same) => same } = fake.options;
    const { edits } = weave(source, {
      path: file.path,
      format: file.format,
      rules: rules.map(({ name }) => ({ name, replaces: false, matches: (fn) => fn.name.startsWith(name) })),
    });
    woven[fileKey(file)] = edits.edits.length === 0 ? null : edits;
    const isMarked = edits.edits.length > 0;
    const list = JSON.stringify(isMarked ? changeEdits(edits, source) : edits);
    const signed = signText('edits', list, keys.privateKey);
    return { status: isMarked ? 'woven' : 'not-marked', phase, edits: signed };
  }

  await listen(options.port ?? 0);
  return fake;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
