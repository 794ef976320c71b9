import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { FakeServerOptions } from './fake-server.ts';

/** A server that does as it likes with each connection. */
export async function startRawServer(
  onConnection: (socket: Socket) => void,
): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Ways to answer that are no answer, on a connection of its own. */
export const RAW: Readonly<Record<string, (socket: Socket) => void>> = {
  'accepts and stays silent': () => undefined,
  'closes at once': (socket) => socket.destroy(),
  'sends one byte a second': (socket) => {
    const text = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n${' '.repeat(999)}`;
    let at = 0;
    const timer = setInterval(() => socket.write(text[(at += 1)] ?? ' '), 1000);
    socket.write(text[0] ?? '');
    socket.on('close', () => clearInterval(timer));
  },
  'sends a body that never ends': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n"');
    const more = () => {
      while (!socket.destroyed && socket.write(' '.repeat(65_536)));
    };
    socket.on('drain', more);
    more();
  },
  'speaks no HTTP': (socket) => socket.end('220 mail.example ESMTP\r\n'),
  'cuts the body off': (socket) =>
    socket.end(
      'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"protocol":1,',
    ),
};

const gzipBomb = () => gzipSync(Buffer.alloc(200 * 1024 * 1024, 32));

/** Ways to answer wrongly over HTTP. */
export const WRONG: Readonly<Record<string, () => FakeServerOptions>> = {
  'answers 500': () => ({
    instead: (_, response) => {
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end('{}');
      return true;
    },
  }),
  'answers another content type': () => ({
    instead: (_, response, answer) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(answer());
      return true;
    },
  }),
  'answers with a redirect': () => ({
    instead: ({ url }, response) => {
      response.writeHead(307, { location: `/elsewhere${url}`, 'content-type': 'application/json' });
      response.end('{}');
      return true;
    },
  }),
  'answers no JSON': () => ({
    instead: (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"protocol":1,');
      return true;
    },
  }),
  'answers JSON of another form': () => ({ changeAnswer: () => [null, { protocol: 'one' }] }),
  'answers with numbers for texts': () => ({ changeAnswer: (answer) => ({ ...answer, manifest: 7 }) }),
  'answers with nothing': () => ({
    changeAnswer: () => ({ protocol: 1, manifest: null, bundle: null, pack: null }),
  }),
  'sends a gzip bomb': () => {
    const bomb = gzipBomb();
    return {
      instead: (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
        response.end(bomb);
        return true;
      },
    };
  },
  'sends a huge pack, wanted or not': () => ({
    changeAnswer: (answer) => ({ ...answer, pack: 'x'.repeat(40 * 1024 * 1024) }),
  }),
  'signs a bundle that is no JavaScript': () => ({ bundle: 'this is no (JavaScript' }),
  'signs a bundle that throws': () => ({ bundle: 'throw new Error("no");' }),
  'signs a bundle that has no interceptors': () => ({ bundle: 'exports.v = 2;' }),
  'signs a bundle that cannot start': () => ({
    bundle:
      'exports.v = 1; exports.interceptors = {}; exports.start = () => { throw new Error("no exporter"); };',
  }),
  'signs rules with a broken pattern': () => ({
    rules: [{ name: 'marked', files: [{ packages: null, path: '(', words: [] }], enabled: true }],
  }),
};
