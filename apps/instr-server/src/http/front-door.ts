import type { IncomingMessage, ServerResponse } from 'node:http';
import type { InstrServerCore } from '../core.js';
import { ServerProblem } from '../problem.js';
import { admit } from './gate.js';
import { SECURITY_HEADERS } from './headers.js';
import { sendProblem } from './problem.filter.js';

/** What every request passes first: the gate, and headers for whoever opens an answer as a page. */
export function frontDoor({ allowedHosts, counters }: Pick<InstrServerCore, 'allowedHosts' | 'counters'>) {
  return (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    try {
      // A socket is out of reach for pages.
      if (request.socket.remoteAddress !== undefined) admit(request, { allowedHosts });
    } catch (error) {
      if (!(error instanceof ServerProblem)) throw error;
      counters.problem(error.code);
      response.setHeader('Connection', 'close');
      // Before any route, Nest's filters do not see an error.
      void sendProblem(request, response, error);
      return;
    }
    next();
  };
}
