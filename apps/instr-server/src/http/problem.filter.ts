import type { IncomingMessage, ServerResponse } from 'node:http';
import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { refuse, send, unexpected, type Problem } from '@distrace/nest-server';
import { INSTR_SERVER, type InstrServerCore } from '../core.js';
import { ServerProblem, type ProblemCode } from '../problem.js';
import { json } from './json.js';

/** What went wrong, as JSON: `{ statusCode, code, message }`. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #core: InstrServerCore;

  constructor(@Inject(INSTR_SERVER) core: InstrServerCore) {
    this.#core = core;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    refuse(error, host, {
      tell: (_, request) => {
        const problem = this.#tell(error, request);
        this.#core.counters.problem(problem.code);
        return problem;
      },
      send: sendProblem,
    });
  }

  #tell(error: unknown, request: IncomingMessage): Problem<ProblemCode> {
    if (error instanceof ServerProblem) return error;
    return unexpected<ProblemCode>(error, request, {
      app: 'instr-server',
      pathCode: 'DT_ERR_SERVER_PATH',
      paths: 'The API is below /v1/, the status page at /.',
      internalCode: 'DT_ERR_SERVER_INTERNAL',
      whose: "the server's",
      warn: this.#core.warn,
    });
  }
}

/** Sends a problem as it is; also where Nest's filters do not reach. */
export async function sendProblem(
  request: IncomingMessage,
  response: ServerResponse,
  { status, code, message, headers }: Problem<ProblemCode>,
): Promise<void> {
  await send(request, response, { ...json({ statusCode: status, code, message }, headers), status });
}
