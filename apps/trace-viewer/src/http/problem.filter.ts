import type { IncomingMessage } from 'node:http';
import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import {
  JSON_TYPE,
  Problem,
  refuse,
  targetOf,
  TEXT_TYPE,
  unexpected,
  type Answer,
} from '@distrace/nest-server';
import { isBadBody } from '../collector/collector.js';
import { ViewerError } from '../errors.js';
import { ViewerProblem } from '../problem.js';
import { warnSeldom } from '../warn-seldom.js';
import { send } from './answer.js';

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
    refuse(error, host, {
      tell: (_, request) => this.#tell(error, request),
      send: (request, response, problem) =>
        send(request, response, answerOf(problem, targetOf(request.url).path)),
    });
  }

  #tell(error: unknown, request: IncomingMessage): Problem {
    if (error instanceof ViewerProblem) return error;
    if (isBadBody(error)) {
      return new Problem(error.code === 'DT_ERR_SPANS_LIMIT' ? 413 : 400, error.code, error.message);
    }
    if (error instanceof ViewerError) {
      this.#warnSeldom(error.message);
      return new Problem(503, error.code, error.message, { headers: { 'Retry-After': '5' } });
    }
    return unexpected(error, request, {
      app: 'trace-viewer',
      pathCode: 'DT_ERR_VIEWER_PATH',
      paths: 'The page is at /zipkin/, the API below /api/v2/.',
      internalCode: 'DT_ERR_VIEWER_INTERNAL',
      whose: "the viewer's",
      warn: this.#warn,
    });
  }
}

function answerOf({ status, code, message, headers }: Problem, path: string): Answer {
  const all = { 'Cache-Control': 'no-store', ...headers };
  return path.startsWith('/api/ui/') || path === '/v1/traces'
    ? { status, type: JSON_TYPE, body: JSON.stringify({ statusCode: status, code, message }), headers: all }
    : { status, type: TEXT_TYPE, body: `${code}: ${message}\n`, headers: all };
}
