import type { FileIdentity } from '@distrace/instrumentation/wire';
import type { Connection } from './args/connection.js';
import { AgentError, reasonOf } from './errors.js';
import { printable } from './printable.js';
import { authorityOf } from './transport/explain.js';
import { StatusError } from './transport/failure.js';
import type { Ask, Endpoint } from './transport/request.js';

/** More is refused unread: what is evaluated and kept in memory must stay within reason. */
export const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** Where the requests of a connection go; undefined for a pack file. */
export function endpointOf(connection: Connection, token: string | undefined): Endpoint | undefined {
  if (connection.kind === 'unix') return { socketPath: connection.path, token };
  if (connection.kind !== 'tcp') return undefined;
  return { host: connection.host, port: connection.port, tls: connection.tls, token };
}

/** Of what came from the network, in a message. */
const MAX_REASON_CHARS = 400;

/** `DT_ERR_AGENT_DENIED` where the server knows this agent and will not serve it, else `DT_ERR_AGENT_NO_ANSWER`. */
export function noAnswer(endpoint: Endpoint, error: unknown): AgentError {
  if (error instanceof AgentError) return error;
  const where = endpoint.socketPath ?? authorityOf(endpoint);
  const got = printable(reasonOf(error), MAX_REASON_CHARS);
  if (error instanceof StatusError && (error.status === 401 || error.status === 403)) {
    const todo = endpoint.token === undefined ? 'set token=…' : 'correct token=…';
    return new AgentError(
      'DT_ERR_AGENT_DENIED',
      `The server at ${where} must let this agent in, got: ${got}; ${todo} to one that the server has for agents of this service`,
    );
  }
  return new AgentError('DT_ERR_AGENT_NO_ANSWER', `The server at ${where} must answer, got: ${got}`);
}

export function instrumentAsk(
  service: string,
  file: FileIdentity,
  text: string | undefined,
  timeoutMs: number,
): Ask {
  return {
    method: 'POST',
    path: '/v1/instrument',
    body: { service, file, ...(text === undefined ? {} : { text }) },
    maxBytes: MAX_ANSWER_BYTES,
    timeoutMs,
  };
}

/** An answer about a file. */
export type FileAnswer =
  /** `edits` is a signed list; an empty one says that nothing is marked. */
  | { readonly status: 'decided'; readonly edits: string }
  | { readonly status: 'need-source' }
  | { readonly status: 'refused'; readonly reason: string };

/** Reads one. "Not marked" counts when it is signed only: else whoever sits in between could say so of any file. */
export function readInstrument(value: unknown): FileAnswer {
  const { status, edits, reason } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (status === 'need-source') return { status };
  if (status === 'refused')
    return { status, reason: typeof reason === 'string' ? printable(reason, 80) : 'no reason' };
  if (status !== 'woven' && status !== 'not-marked') {
    throw new Error(`expected status woven, not-marked, need-source or refused, got ${told(status)}`);
  }
  if (typeof edits === 'string') return { status: 'decided', edits };
  throw new Error(
    `expected "${status}" with a signed edit list, got none; server and agent must be of one release`,
  );
}

/** Somebody else's value, in a message. */
export function told(value: unknown): string {
  return printable(JSON.stringify(value) ?? 'nothing', 80);
}
