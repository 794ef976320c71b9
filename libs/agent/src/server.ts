import { PROTOCOL } from '@distrace/instrumentation/wire';
import type { AgentFacts, FileIdentity, HandshakeAnswer } from '@distrace/instrumentation/wire';
import type { Connection } from './args/connection.js';
import { AgentError, reasonOf } from './errors.js';
import { printable } from './printable.js';
import type { Have } from './provisions.js';
import { authorityOf } from './transport/explain.js';
import { StatusError, TooLargeError } from './transport/failure.js';
import { ask } from './transport/request.js';
import type { Ask, Endpoint } from './transport/request.js';

/** More is refused unread: what is evaluated and kept in memory must stay within reason. */
export const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** Where the requests of a connection go; undefined for a pack file. */
export function endpointOf(connection: Connection, token: string | undefined): Endpoint | undefined {
  if (connection.kind === 'unix') return { socketPath: connection.path, token };
  if (connection.kind !== 'tcp') return undefined;
  return { host: connection.host, port: connection.port, tls: connection.tls, token };
}

/** What a handshake asks for. */
export interface Wanted {
  readonly have: Have;
  /** False: none, as the last one could not be used. */
  readonly pack: boolean;
}

export interface HandshakeOptions {
  /** For each of the two tries. */
  readonly timeoutMs: number;
  /** The process may end meanwhile. */
  readonly background?: boolean;
  /** Told when an answer was too large and the server has given a smaller one, without the pack. */
  readonly packTooLarge: (error: AgentError) => void;
}

/** The one prefetch, and the poll. Rejects with `DT_ERR_AGENT_NO_ANSWER` or `DT_ERR_AGENT_DENIED`. */
export async function handshake(
  endpoint: Endpoint,
  agent: AgentFacts,
  wanted: Wanted,
  options: HandshakeOptions,
): Promise<HandshakeAnswer> {
  const once = async (pack: boolean) =>
    readHandshake(await ask(endpoint, handshakeAsk(agent, { ...wanted, pack }, options)));
  try {
    return await once(wanted.pack).catch(async (error: unknown) => {
      if (!isPackTooLarge(error, wanted)) throw error;
      const answer = await once(false);
      options.packTooLarge(packTooLarge(error));
      return answer;
    });
  } catch (error) {
    throw noAnswer(endpoint, error);
  }
}

/** The same while the thread waits, by `askSync`. */
export function handshakeSync(
  endpoint: Endpoint,
  agent: AgentFacts,
  wanted: Wanted,
  { askSync, ...options }: HandshakeOptions & { readonly askSync: (endpoint: Endpoint, ask: Ask) => unknown },
): HandshakeAnswer {
  const once = (pack: boolean) =>
    readHandshake(askSync(endpoint, handshakeAsk(agent, { ...wanted, pack }, options)));
  try {
    try {
      return once(wanted.pack);
    } catch (error) {
      if (!isPackTooLarge(error, wanted)) throw error;
      const answer = once(false);
      options.packTooLarge(packTooLarge(error));
      return answer;
    }
  } catch (error) {
    throw noAnswer(endpoint, error);
  }
}

function handshakeAsk(
  agent: AgentFacts,
  { have, pack }: Wanted,
  { timeoutMs, background = false }: HandshakeOptions,
): Ask {
  return {
    method: 'POST',
    path: '/v1/handshake',
    body: { agent, have, ...(pack ? {} : { pack }) },
    maxBytes: MAX_ANSWER_BYTES,
    timeoutMs,
    background,
  };
}

function isPackTooLarge(error: unknown, { pack }: Wanted): error is TooLargeError {
  return pack && error instanceof TooLargeError;
}

function packTooLarge(error: TooLargeError): AgentError {
  return new AgentError('DT_ERR_AGENT_PACK', `With the server's pack ${error.message}`);
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

/** The answer of a handshake, or of a pack file, in its form; what it holds is checked by signature later. */
export function readHandshake(value: unknown): HandshakeAnswer {
  const { protocol, manifest, bundle, pack } = (value ?? {}) as Record<string, unknown>;
  if (typeof protocol !== 'number' || protocol < PROTOCOL.min || protocol > PROTOCOL.max) {
    throw new Error(`expected protocol ${PROTOCOL.min} to ${PROTOCOL.max}, got ${shown(protocol)}`);
  }
  return {
    protocol,
    manifest: textOrNull(manifest, 'manifest'),
    bundle: textOrNull(bundle, 'bundle'),
    pack: textOrNull(pack, 'pack'),
  };
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
  | { readonly status: 'refused' };

/** Reads one. "Not marked" counts when it is signed only: else whoever sits in between could say so of any file. */
export function readInstrument(value: unknown): FileAnswer {
  const { status, edits } = (value ?? {}) as { readonly status?: unknown; readonly edits?: unknown };
  if (status === 'need-source' || status === 'refused') return { status };
  if (status !== 'woven' && status !== 'not-marked') {
    throw new Error(`expected status woven, not-marked, need-source or refused, got ${shown(status)}`);
  }
  if (typeof edits === 'string') return { status: 'decided', edits };
  throw new Error(
    `expected "${status}" with a signed edit list, got none; server and agent must be of one release`,
  );
}

function shown(value: unknown): string {
  return printable(JSON.stringify(value) ?? 'nothing', 80);
}

function textOrNull(value: unknown, name: string): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'string') throw new Error(`expected "${name}" to be a text, got ${typeof value}`);
  return value;
}
