import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ViewerProblem } from '../problem.js';
import { admit, type GateOptions } from './gate.js';
import { SECURITY_HEADERS } from './headers.js';
import { ProblemFilter } from './problem.filter.js';

/** Options of {@link configureHttp}. */
export interface HttpOptions extends GateOptions {
  readonly warn: (message: string) => void;
}

const PREFLIGHT = {
  'Access-Control-Allow-Methods': 'GET, POST',
  'Access-Control-Allow-Headers': 'Content-Type, Content-Encoding',
  'Access-Control-Max-Age': '600',
} as const;

/** Gate, security headers and the shape of errors. The app must be created with `bodyParser: false`. */
export function configureHttp(app: NestExpressApplication, { warn, ...gate }: HttpOptions): void {
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    let origin: string | undefined;
    try {
      origin = admit(request, gate);
    } catch (error) {
      // Before any route, Nest's filters do not see an error.
      refuse(response, error);
      return;
    }
    if (origin !== undefined) allow(response, origin);
    if (request.method === 'OPTIONS' && origin !== undefined) {
      for (const [name, value] of Object.entries(PREFLIGHT)) response.setHeader(name, value);
      response.writeHead(204).end();
      return;
    }
    next();
  });
  app.useGlobalFilters(new ProblemFilter(warn));
}

function allow(response: ServerResponse, origin: string): void {
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.appendHeader('Vary', 'Origin');
  response.removeHeader('Cross-Origin-Resource-Policy');
}

function refuse(response: ServerResponse, error: unknown): void {
  if (!(error instanceof ViewerProblem)) throw error;
  const body = `${error.code}: ${error.message}\n`;
  response.writeHead(error.status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  });
  response.end(body);
}
