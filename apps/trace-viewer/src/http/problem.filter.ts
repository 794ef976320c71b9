import type { IncomingMessage, ServerResponse } from 'node:http';
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { isBadBody } from '../collector/collector.js';
import { ViewerError } from '../errors.js';
import { quoted, ViewerProblem } from '../problem.js';
import { JSON_TYPE, send, TEXT_TYPE, type Answer } from './answer.js';
import { warnSeldom } from '../warn-seldom.js';
import { targetOf } from './target.js';

interface Told {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What went wrong, in text as Zipkin says it; for the page and OTLP in JSON. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #warn: (message: string) => void;
  readonly #warnSeldom: (message: string) => void;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
    this.#warnSeldom = warnSeldom(warn);
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<IncomingMessage>();
    const response = http.getResponse<ServerResponse>();
    if (request.errored && !request.complete) return; // Whoever asked has gone.
    const told = this.#tell(error, request);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    void send(request, response, answerOf(told, targetOf(request.url).path));
  }

  #tell(error: unknown, request: IncomingMessage): Told {
    if (error instanceof ViewerProblem) return error;
    if (isBadBody(error)) {
      return {
        status: error.code === 'DT_ERR_SPANS_LIMIT' ? 413 : 400,
        code: error.code,
        message: error.message,
      };
    }
    if (error instanceof ViewerError) {
      this.#warnSeldom(error.message);
      return { status: 503, code: error.code, message: error.message, headers: { 'Retry-After': '5' } };
    }
    if (error instanceof HttpException && error.getStatus() < 500) {
      const where = `${request.method} ${quoted(targetOf(request.url).path)}`;
      const message = `Nothing answers ${where}. The page is at /zipkin/, the API below /api/v2/.`;
      return { status: error.getStatus(), code: 'DT_ERR_VIEWER_PATH', message };
    }
    this.#warn(`trace-viewer: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return {
      status: 500,
      code: 'DT_ERR_VIEWER_INTERNAL',
      message: "Something went wrong here; see the viewer's log.",
    };
  }
}

function answerOf({ status, code, message, headers = {} }: Told, path: string): Answer {
  const all = { 'Cache-Control': 'no-store', ...headers };
  return path.startsWith('/api/ui/') || path === '/v1/traces'
    ? { status, type: JSON_TYPE, body: JSON.stringify({ statusCode: status, code, message }), headers: all }
    : { status, type: TEXT_TYPE, body: `${code}: ${message}\n`, headers: all };
}
