import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import 'reflect-metadata';
import { onTestFinished } from 'vitest';
import { createTraceViewer, type TraceViewer, type TraceViewerOptions } from './create-trace-viewer.js';

/** A viewer that runs until the test ends. */
export interface TestViewer extends TraceViewer {
  readonly url: string;
  /** What it warned of. */
  readonly warnings: string[];
  get(path: string, headers?: OutgoingHttpHeaders): Promise<Said>;
  post(path: string, body: string | Buffer, headers?: OutgoingHttpHeaders): Promise<Said>;
  ask(method: string, path: string, options?: AskOptions): Promise<Said>;
}

/** What a request has. */
export interface AskOptions {
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

/** An answer. */
export interface Said {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
}

/** Starts the real app on a free port, for the test that runs. */
export async function startViewer(options: TraceViewerOptions = {}): Promise<TestViewer> {
  const warnings: string[] = [];
  const viewer = await createTraceViewer({ warn: (message) => warnings.push(message), ...options });
  const url = await viewer.listen({ port: 0 });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= viewer.close());
  onTestFinished(close);
  const ask = (method: string, path: string, asked: AskOptions = {}) =>
    askAt(url, { method, path, ...asked });
  return {
    ...viewer,
    url,
    warnings,
    close,
    ask,
    get: (path, headers) => ask('GET', path, { headers }),
    post: (path, body, headers) => ask('POST', path, { body, headers }),
  };
}

interface Asked extends AskOptions {
  readonly method: string;
  readonly path: string;
}

// Not fetch: it forbids the headers that matter here and unpacks what comes.
function askAt(url: string, { method, path, headers, body }: Asked): Promise<Said> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url + path, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          bytes,
          text: bytes.toString(),
        });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
