import { EventEmitter } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ZpagesHandler } from './handler.js';
import { MAX_URL_LENGTH } from './target.js';

/** Where {@link listen} listens. */
export interface ListenOptions {
  /** 0 for one that is free. */
  readonly port: number;
  /** Default 127.0.0.1: this machine only. */
  readonly host?: string;
  /** Whether the process may end although this listens. Default false. */
  readonly unref?: boolean;
}

/** A server that runs. */
export interface ListeningPages {
  /** With a `/` at its end. */
  readonly url: string;
  readonly port: number;
  /** Ends it, open connections included. A second call does nothing. */
  close(): Promise<void>;
}

/** Beyond Node's own limit nobody can say what is wrong, so it is well above ours for a URL. */
const MAX_HEADER_BYTES = 64 * 1024;

/** Each may hold an answer that it does not read. Far more than the readers a page of one process has. */
const MAX_CONNECTIONS = 100;

/** A connection asks this often, then anew; each request that waits for an earlier answer is held in memory. */
const MAX_REQUESTS_PER_CONNECTION = 1000;

/** Whoever neither sends nor reads for so long is gone. */
const IDLE_MS = 60_000;

/** Serves pages on a port of their own. Rejects when the port cannot be had. */
export async function listen(
  handler: ZpagesHandler,
  { port, host = '127.0.0.1', unref = false }: ListenOptions,
): Promise<ListeningPages> {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      keepAliveTimeout: 5000,
      headersTimeout: 10_000,
      requestTimeout: IDLE_MS,
    },
    (request, response) => {
      void handler(request, response);
    },
  );
  // Instrumentations of HTTP wrap Server.prototype.emit to start a span for each request. Pages about spans
  // must make none, so this server emits as if it had never been wrapped.
  server.emit = EventEmitter.prototype.emit;
  server.on('clientError', refuseUnread);
  server.setTimeout(IDLE_MS);
  server.maxConnections = MAX_CONNECTIONS;
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_CONNECTION;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  if (unref) server.unref();
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${urlHost(host)}:${bound}/`,
    port: bound,
    close: () => close(server),
  };
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

interface ParseError extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
  /** How far the parser came in {@link rawPacket}. */
  readonly bytesParsed?: number;
}

/** Answers what Node's parser gave up on, in plain text: nobody knows yet what was asked for. */
function refuseUnread(error: ParseError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] = whyUnread(error);
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(message)}\r\n` +
      `X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n${message}`,
  );
}

function whyUnread({ code, rawPacket, bytesParsed = 0 }: ParseError): readonly [string, string] {
  if (code !== 'HPE_HEADER_OVERFLOW') {
    return ['400 Bad Request', 'A request is HTTP/1.1; this one could not be read.\n'];
  }
  const lineEnd = rawPacket?.indexOf('\r\n') ?? -1;
  // The packet may hold the rest of a URL only; the parser gave up in it then, not at the line's end or after.
  if (lineEnd === -1 || lineEnd > MAX_URL_LENGTH || bytesParsed < lineEnd) {
    return [
      '414 URI Too Long',
      `A URL has at most ${MAX_URL_LENGTH} characters, got more. Shorten the name or the filter.\n`,
    ];
  }
  return [
    '431 Request Header Fields Too Large',
    `The head of a request has at most ${MAX_HEADER_BYTES} bytes, got more. Send fewer or shorter headers.\n`,
  ];
}
