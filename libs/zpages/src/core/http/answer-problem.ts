import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Frame } from '../pages/layout.js';
import { problemPage } from '../pages/problem-page.js';
import { bodyOf, sendPage } from './answer.js';
import { acceptedFormat } from './negotiate.js';
import type { Format } from './negotiate.js';
import { NobodyWaits } from './one-at-a-time.js';
import { ZpagesProblem } from './problem.js';

/** A request that gets no page. */
export interface Refused {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Without the prefix. */
  readonly path: string;
  readonly frame: Omit<Frame, 'title'>;
  /** Told about what is no {@link ZpagesProblem}. */
  readonly onError: (error: unknown) => void;
}

/** Says what is wrong with a request, or that its page threw. */
export async function answerProblem(refused: Refused, error: unknown): Promise<void> {
  if (error instanceof NobodyWaits) return;
  const { request, response, path, frame } = refused;
  if (!(error instanceof ZpagesProblem)) refused.onError(error);
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const problem = error instanceof ZpagesProblem ? error : internal(error);
  const body = await bodyOf(problemPage(problem, frame.root), formatFor(request, path), frame);
  sendPage(request, response, problem.status, formatFor(request, path), body, headersOf(problem, request));
}

function internal(cause: unknown): ZpagesProblem {
  // What a page threw may quote anything, so it stays out of the answer.
  const message =
    'A page answers or says what is wrong; this one threw. The count of own exceptions says what.';
  return new ZpagesProblem(500, 'DT_ERR_ZPAGES_INTERNAL', message, { cause });
}

function headersOf({ status }: ZpagesProblem, request: IncomingMessage): Readonly<Record<string, string>> {
  if (status !== 405) return {};
  // A body that nobody reads would keep the connection busy for as long as its sender likes. HTTP/2 has no such header.
  return { Allow: 'GET, HEAD', ...(request.httpVersionMajor >= 2 ? {} : { Connection: 'close' }) };
}

function formatFor(request: IncomingMessage, path: string): Format {
  // Read apart from the rest of the address, which may be what is wrong.
  const named = /[?&]format=(html|json|text)(?:&|$)/.exec(request.url ?? '')?.[1] as Format | undefined;
  return named ?? acceptedFormat(request.headers.accept, path.includes('/api/') ? 'json' : 'html');
}
