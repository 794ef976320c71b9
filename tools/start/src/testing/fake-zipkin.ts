import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Span } from '@distrace/zipkin';

/** Options of `fakeZipkin`. */
export interface FakeZipkinOptions {
  /** What `/info` answers; undefined for a server that does not say who it is. */
  readonly info?: unknown;
  /** Takes spans and has none. Default false. */
  readonly forgets?: boolean;
}

/** Takes spans and gives them back as Zipkin does, names in lower case, and says who it is. */
export function fakeZipkin({ info, forgets = false }: FakeZipkinOptions): RequestListener {
  const spans: Span[] = [];
  return (request, response) => {
    const { method, url = '' } = request;
    if (url === '/health') return reply(response, 200, { status: 'UP' });
    if (url === '/info' && info !== undefined) return reply(response, 200, info);
    if (url === '/api/v2/services') return reply(response, 200, []);
    if (url === '/api/v2/spans' && method === 'POST') {
      return void store(request, forgets ? [] : spans).then(() => response.writeHead(202).end());
    }
    if (url === '/api/v2/traces?annotationQuery=task.id%3Dt1&limit=1') {
      return reply(response, 200, spans.length === 0 ? [] : [spans]);
    }
    const traceId = /^\/api\/v2\/trace\/([0-9a-f]+)$/.exec(url)?.[1];
    const found = spans.filter((span) => span.traceId === traceId);
    return found.length === 0 ? reply(response, 404, 'not found') : reply(response, 200, found);
  };
}

async function store(request: IncomingMessage, spans: Span[]): Promise<void> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  for (const span of JSON.parse(text) as Span[]) spans.push({ ...span, name: span.name?.toLowerCase() });
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
