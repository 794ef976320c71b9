import * as http from 'node:http';
import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import { AGENT_VERSION } from '../version.js';
import { explain } from './explain.js';
import { readAnswer } from './read-answer.js';

/** As they are before the app, which may replace them: a request that was begun would keep the process alive. */
const { setTimeout, clearTimeout } = globalThis;

/** Where requests go, as plain values: it is sent to the thread that asks synchronously. */
export interface Endpoint {
  readonly socketPath?: string;
  readonly host?: string;
  readonly port?: number;
  readonly tls?: boolean;
  readonly token?: string;
  /** As the handshake says it: the server counts what this process asks for. */
  readonly agentId?: string;
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
  const leftMs = () => Math.max(1, timeoutMs - (performance.now() - startedAtMs));
  // Costs 5 ms that only TLS should pay.
  const { request: send, Agent } = endpoint.tls === true ? await import('node:https') : http;
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const request = send({
    ...(endpoint.socketPath === undefined
      ? { host: endpoint.host, port: endpoint.port }
      : { socketPath: endpoint.socketPath }),
    method,
    path,
    agent: keepAlive && keptAgent(endpoint.tls === true, () => new Agent({ keepAlive, maxSockets: 1 })),
    headers: {
      accept: 'application/json',
      'user-agent': `distrace-agent/${AGENT_VERSION}`,
      ...(endpoint.agentId === undefined ? {} : { 'distrace-agent': endpoint.agentId }),
      ...(endpoint.socketPath === undefined ? { 'accept-encoding': 'gzip, br' } : {}),
      ...(payload === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
      ...(endpoint.token === undefined ? {} : { authorization: `Bearer ${endpoint.token}` }),
    },
  });
  let isOver = false;
  const end = (error: unknown) => {
    isOver = true;
    clearTimeout(timer);
    reject(error);
    request.destroy();
  };
  const timer = setTimeout(() => end(new Error(`no whole answer within ${timeoutMs} ms`)), leftMs());
  if (background) {
    timer.unref();
    request.on('socket', (socket) => socket.unref());
  }
  request.on('error', (cause) => {
    // Given up, it is destroyed, which looks as if the server had closed it.
    if (isOver) return;
    if (!isStale(request, cause)) return end(explain(cause, endpoint, { isSilent: isSilent(request) }));
    clearTimeout(timer);
    // Never a third time: the next connection is a new one.
    const again = { method, path, body, timeoutMs: leftMs(), maxBytes, background, keepAlive };
    open(endpoint, again, resolve, reject).catch(reject);
  });
  request.on('response', (response) => {
    const whole = async () => {
      const value = await readAnswer(response, maxBytes, endpoint);
      clearTimeout(timer);
      // Until it is closed the app would find a handle that is not its own.
      if (!keepAlive) await closed(response);
      return value;
    };
    whole().then(resolve, end);
  });
  request.end(payload);
}

function isSilent({ reusedSocket, socket }: ClientRequest): boolean {
  return !reusedSocket && socket?.bytesRead === 0;
}

/** Kept from an earlier request and closed by the server meanwhile: that says nothing of this one. */
function isStale({ reusedSocket, res }: ClientRequest & { readonly res?: unknown }, error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return reusedSocket && res == null && (code === 'ECONNRESET' || code === 'EPIPE');
}

function closed({ socket }: IncomingMessage): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (socket.closed) return Promise.resolve();
  socket.once('close', () => resolve());
  socket.destroy();
  return promise;
}

const agents = new Map<boolean, Agent>();

/** Of the thread that asks synchronously, which keeps its connection; anything else uses one and closes it. */
function keptAgent(tls: boolean, make: () => Agent): Agent {
  const agent = agents.get(tls) ?? make();
  agents.set(tls, agent);
  return agent;
}
