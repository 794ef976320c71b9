import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ArgumentsHost } from '@nestjs/common';
import { Problem, quoted } from './problem.js';
import { targetOf } from './target.js';

/** How a server answers for what went wrong. */
export interface Refusal<P> {
  /** Makes a problem of whatever was thrown. */
  tell(error: unknown, request: IncomingMessage): P;
  send(request: IncomingMessage, response: ServerResponse, problem: P): Promise<void>;
}

/**
 * What a Nest filter does with an error: it is told in any case, and answered unless the answer has begun, which then
 * breaks off. Nothing at all when whoever asked has gone.
 */
export function refuse<P>(error: unknown, host: ArgumentsHost, { tell, send }: Refusal<P>): void {
  const http = host.switchToHttp();
  const request = http.getRequest<IncomingMessage>();
  const response = http.getResponse<ServerResponse>();
  if (request.errored && !request.complete) return;
  const problem = tell(error, request);
  if (response.headersSent) response.destroy();
  else void send(request, response, problem);
}

/** The words of one server for {@link unexpected}. */
export interface UnexpectedWords<Code extends string> {
  /** How log lines name the server. */
  readonly app: string;
  readonly pathCode: Code;
  /** What does answer, as a sentence. */
  readonly paths: string;
  readonly internalCode: Code;
  /** Whose log has the details, e.g. `the server's`. */
  readonly whose: string;
  readonly warn: (message: string) => void;
}

/** The problem of an error that is no {@link Problem}: a path that nothing answers, else status 500 and one warning with the stack. */
export function unexpected<Code extends string>(
  error: unknown,
  { method, url }: Pick<IncomingMessage, 'method' | 'url'>,
  { app, pathCode, paths, internalCode, whose, warn }: UnexpectedWords<Code>,
): Problem<Code> {
  const status = statusOf(error);
  if (status !== undefined && status < 500) {
    const message = `Nothing answers ${method} ${quoted(targetOf(url).path)}. ${paths}`;
    return new Problem(status, pathCode, message);
  }
  warn(`${app}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return new Problem(500, internalCode, `Something went wrong here; see ${whose} log.`);
}

/** Of Nest's `HttpException`, known by its method: Nest itself is loaded by servers, not by their command lines. */
function statusOf(error: unknown): number | undefined {
  const { getStatus } = (error ?? {}) as { getStatus?: unknown };
  return typeof getStatus === 'function' ? Number(getStatus.call(error)) : undefined;
}
