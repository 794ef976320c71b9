import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** What came to the collector. */
export interface Received {
  readonly path: string;
  readonly body: string;
}

/** A server that takes whatever is posted to it, as a Zipkin or an OTLP collector does. */
export interface Collector extends AsyncDisposable {
  readonly url: string;
  readonly received: readonly Received[];
  /** The elements of all JSON arrays posted to that path. */
  spans(path: string): readonly Record<string, unknown>[];
}

export async function startCollector(): Promise<Collector> {
  const received: Received[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const raw = await buffer(request);
    const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
    received.push({ path: request.url ?? '', body: bytes.toString() });
    response.writeHead(202, { 'content-type': 'application/json' }).end('{}');
  };
  const server = createServer((request, response) => void take(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    spans: (path) =>
      received
        .filter((one) => one.path === path)
        .flatMap(({ body }) => JSON.parse(body) as Record<string, unknown>[]),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
