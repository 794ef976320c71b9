import type { IncomingMessage, ServerResponse } from 'node:http';
import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { quoted, ServerProblem } from '../problem.js';
import { INSTR_SERVER, type InstrServerCore } from '../core.js';
import { json, send } from './answer.js';
import { pathOf } from './target.js';

/** What went wrong, as JSON: `{ statusCode, code, message }`. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #core: InstrServerCore;

  constructor(@Inject(INSTR_SERVER) core: InstrServerCore) {
    this.#core = core;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<IncomingMessage>();
    const response = http.getResponse<ServerResponse>();
    if (request.errored && !request.complete) return; // Whoever asked has gone.
    const problem = this.#tell(error, request);
    this.#core.counters.problem(problem.code);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    void sendProblem(request, response, problem);
  }

  #tell(error: unknown, request: IncomingMessage): ServerProblem {
    if (error instanceof ServerProblem) return error;
    if (error instanceof HttpException && error.getStatus() < 500) {
      return new ServerProblem(
        error.getStatus(),
        'DT_ERR_SERVER_PATH',
        `Nothing answers ${request.method} ${quoted(pathOf(request))}. The API is below /v1/, the status page at /.`,
      );
    }
    this.#core.warn(
      `instr-server: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return new ServerProblem(
      500,
      'DT_ERR_SERVER_INTERNAL',
      "Something went wrong here; see the server's log.",
    );
  }
}

/** Sends a problem as it is; also where Nest's filters do not reach. */
export async function sendProblem(
  request: IncomingMessage,
  response: ServerResponse,
  { status, code, message, headers }: ServerProblem,
): Promise<void> {
  await send(request, response, { ...json({ statusCode: status, code, message }, headers), status });
}
