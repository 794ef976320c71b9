import { request as httpRequest } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';

/** As they are before the app, which may replace them: a request that was begun would keep the process alive. */
const { setTimeout, clearTimeout } = globalThis;

/** Another status than 200 and those that redirect. */
export class StatusError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`expected status 200, got ${status}`);
    this.name = 'StatusError';
    this.status = status;
  }
}

/** Where requests go, as plain values: it is sent to the thread that asks synchronously. */
export interface Endpoint {
  readonly socketPath?: string;
  readonly host?: string;
  readonly port?: number;
  readonly tls?: boolean;
  readonly token?: string;
}

export interface Ask {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** For all of it: name look-up, connection, answer, unpacking. */
  readonly timeoutMs: number;
  /** Of the answer, unpacked. */
  readonly maxBytes: number;
  /** The process may end while this is under way. */
  readonly background?: boolean;
  readonly keepAlive?: boolean;
}

/**
 * One JSON request; what came, parsed. Rejects for any answer but 200 with JSON within time and size; redirects
 * are not followed. Uses no global agent: the app may have replaced or closed that.
 */
export function ask(endpoint: Endpoint, options: Ask): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  void open(endpoint, options, resolve, reject).catch(reject);
  return promise;
}

async function open(
  endpoint: Endpoint,
  { method, path, body, timeoutMs, maxBytes, background = false, keepAlive = false }: Ask,
  resolve: (value: unknown) => void,
  reject: (reason: unknown) => void,
): Promise<void> {
  const startedAtMs = performance.now();
  // Costs 5 ms that only TLS should pay.
  const send = endpoint.tls === true ? (await import('node:https')).request : httpRequest;
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const request = send({
    ...(endpoint.socketPath === undefined
      ? { host: endpoint.host, port: endpoint.port }
      : { socketPath: endpoint.socketPath }),
    method,
    path,
    ...agentOf(keepAlive, endpoint),
    headers: {
      accept: 'application/json',
      ...(endpoint.socketPath === undefined ? { 'accept-encoding': 'gzip, br' } : {}),
      ...(payload === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
      ...(endpoint.token === undefined ? {} : { authorization: `Bearer ${endpoint.token}` }),
    },
  });
  const end = (error: unknown) => {
    clearTimeout(timer);
    reject(error);
    request.destroy();
  };
  const timer = setTimeout(
    () => end(new Error(`no whole answer within ${timeoutMs} ms`)),
    Math.max(1, timeoutMs - (performance.now() - startedAtMs)),
  );
  if (background) {
    timer.unref();
    request.on('socket', (socket) => socket.unref());
  }
  request.on('error', end);
  request.on('response', (response) => {
    const whole = async () => {
      const value = await read(response, maxBytes);
      clearTimeout(timer);
      // Until it is closed the app would find a handle that is not its own.
      if (!keepAlive) await closed(response);
      return value;
    };
    whole().then(resolve, end);
  });
  request.end(payload);
}

function closed({ socket }: IncomingMessage): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (socket.closed) return Promise.resolve();
  socket.once('close', () => resolve());
  socket.destroy();
  return promise;
}

const agents = new Map<boolean, RequestOptions['agent']>();

/** The thread that asks synchronously keeps its connection; anything else uses one and closes it. */
function agentOf(keepAlive: boolean, endpoint: Endpoint): Pick<RequestOptions, 'agent'> {
  if (!keepAlive || endpoint.tls === true) return { agent: false };
  return { agent: agents.get(true) };
}

/** Makes the connections of this thread stay open between requests. */
export async function keepConnections(): Promise<void> {
  const { Agent } = await import('node:http');
  agents.set(true, new Agent({ keepAlive: true, maxSockets: 1 }));
}

async function read(response: IncomingMessage, maxBytes: number): Promise<unknown> {
  const status = response.statusCode ?? 0;
  if (status >= 300 && status < 400) throw new Error(`redirects are not followed, got status ${status}`);
  if (status !== 200) throw new StatusError(status);
  const type = response.headers['content-type'] ?? 'none';
  if (!/^application\/json(?:;|$)/i.test(type)) {
    throw new Error(`expected content type application/json, got ${JSON.stringify(type.slice(0, 80))}`);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`an answer has at most ${maxBytes} bytes, got more`);
    chunks.push(chunk);
  }
  if (!response.complete) throw new Error('the answer was cut off');
  const text = (
    await unpack(response.headers['content-encoding'], Buffer.concat(chunks), maxBytes)
  ).toString();
  return JSON.parse(text) as unknown;
}

async function unpack(encoding: string | undefined, packed: Buffer, maxBytes: number): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity') return packed;
  const zlib = await import('node:zlib');
  const limit = { maxOutputLength: maxBytes };
  if (encoding === 'gzip') return zlib.gunzipSync(packed, limit);
  if (encoding === 'br') return zlib.brotliDecompressSync(packed, limit);
  throw new Error(`expected encoding gzip or br, got ${JSON.stringify(encoding.slice(0, 40))}`);
}
