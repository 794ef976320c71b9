import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a run needs of a Zipkin, in this process. */
export interface FakeZipkin extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
}

/** Takes spans at `/api/v2/spans`, gives them back, and says it is Zipkin; a stranger answers 200 to everything. */
export async function startFakeZipkin({
  isStranger = false,
}: { readonly isStranger?: boolean } = {}): Promise<FakeZipkin> {
  const spans: { readonly traceId: string; readonly name?: string }[] = [];
  const answers: Readonly<Record<string, () => unknown>> = {
    '/health': () => ({ status: 'UP' }),
    '/info': () => ({ zipkin: { version: '3.0.0', commit: '' } }),
    '/api/v2/services': () => [],
  };
  const server = createServer(async (request, response) => {
    const { url = '', method } = request;
    if (isStranger) return void response.end();
    if (method === 'POST') {
      spans.push(...(JSON.parse(await readAll(request)) as typeof spans));
      return void response.writeHead(202).end();
    }
    const traceId = url.replace('/api/v2/trace/', '');
    const found = spans
      .filter((span) => span.traceId === traceId)
      .map((span) => ({ ...span, name: span.name?.toLowerCase() }));
    const body = answers[url]?.() ?? found;
    return void response
      .writeHead(body === found && found.length === 0 ? 404 : 200)
      .end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readAll(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  return text;
}
