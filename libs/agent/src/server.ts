import { PROTOCOL } from '@distrace/instrumentation/wire';
import type {
  AgentFacts,
  FileIdentity,
  HandshakeAnswer,
  InstrumentAnswer,
} from '@distrace/instrumentation/wire';
import type { Connection } from './args/connection.js';
import { AgentError, reasonOf } from './errors.js';
import type { Have } from './provisions.js';
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

/** The one prefetch, and the poll. Rejects with `DT_ERR_AGENT_NO_ANSWER`. */
export async function handshake(
  endpoint: Endpoint,
  agent: AgentFacts,
  have: Have,
  { timeoutMs, background = false }: { readonly timeoutMs: number; readonly background?: boolean },
): Promise<HandshakeAnswer> {
  try {
    return readHandshake(await ask(endpoint, handshakeAsk(agent, have, { timeoutMs, background })));
  } catch (error) {
    throw noAnswer(endpoint, error);
  }
}

export function handshakeAsk(
  agent: AgentFacts,
  have: Have,
  options: { readonly timeoutMs: number; readonly background?: boolean },
): Ask {
  return {
    method: 'POST',
    path: '/v1/handshake',
    body: { agent, have },
    maxBytes: MAX_ANSWER_BYTES,
    ...options,
  };
}

/** `DT_ERR_AGENT_NO_ANSWER` for whatever went wrong with a request. */
export function noAnswer(endpoint: Endpoint, error: unknown): AgentError {
  if (error instanceof AgentError) return error;
  const where = endpoint.socketPath ?? `${endpoint.host}:${endpoint.port}`;
  return new AgentError(
    'DT_ERR_AGENT_NO_ANSWER',
    `The server at ${where} must answer, got: ${reasonOf(error)}`,
  );
}

/** The answer of a handshake, or of a pack file, in its form; what it holds is checked by signature later. */
export function readHandshake(value: unknown): HandshakeAnswer {
  const { protocol, manifest, bundle, pack } = (value ?? {}) as Record<string, unknown>;
  if (typeof protocol !== 'number' || protocol < PROTOCOL.min || protocol > PROTOCOL.max) {
    throw new Error(`expected protocol ${PROTOCOL.min} to ${PROTOCOL.max}, got ${JSON.stringify(protocol)}`);
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

export function readInstrument(value: unknown): InstrumentAnswer {
  const answer = (value ?? {}) as { status?: unknown; edits?: unknown; reason?: unknown };
  if (answer.status === 'woven' && typeof answer.edits === 'string') return answer as InstrumentAnswer;
  if (answer.status === 'not-marked' || answer.status === 'need-source' || answer.status === 'refused') {
    return answer as InstrumentAnswer;
  }
  throw new Error(
    `expected status woven, not-marked, need-source or refused, got ${JSON.stringify(answer.status)}`,
  );
}

function textOrNull(value: unknown, name: string): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'string') throw new Error(`expected "${name}" to be a text, got ${typeof value}`);
  return value;
}
