import { PROTOCOL } from '@distrace/instrumentation/wire';
import type { AgentFacts, HandshakeAnswer } from '@distrace/instrumentation/wire';
import { AgentError } from './errors.js';
import type { Log } from './log.js';
import type { Have } from './provisions.js';
import { MAX_ANSWER_BYTES, noAnswer, told } from './server.js';
import { tracedAsync } from './traced.js';
import { TooLargeError } from './transport/failure.js';
import { ask } from './transport/request.js';
import type { Ask, Endpoint } from './transport/request.js';

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
  readonly log: Pick<Log, 'trace'>;
}

/** The one prefetch, and the poll. Rejects with `DT_ERR_AGENT_NO_ANSWER` or `DT_ERR_AGENT_DENIED`. */
export async function handshake(
  endpoint: Endpoint,
  agent: AgentFacts,
  wanted: Wanted,
  options: HandshakeOptions,
): Promise<HandshakeAnswer> {
  const once = async (pack: boolean) => {
    const question = handshakeAsk(agent, { ...wanted, pack }, options);
    return readHandshake(await tracedAsync(options.log, question, () => ask(endpoint, question)));
  };
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

/** The answer of a handshake, or of a pack file, in its form; what it holds is checked by signature later. */
export function readHandshake(value: unknown): HandshakeAnswer {
  const { protocol, manifest, bundle, pack } = (value ?? {}) as Record<string, unknown>;
  if (typeof protocol !== 'number' || protocol < PROTOCOL.min || protocol > PROTOCOL.max) {
    throw new Error(`expected protocol ${PROTOCOL.min} to ${PROTOCOL.max}, got ${told(protocol)}`);
  }
  return {
    protocol,
    manifest: textOrNull(manifest, 'manifest'),
    bundle: textOrNull(bundle, 'bundle'),
    pack: textOrNull(pack, 'pack'),
  };
}

function textOrNull(value: unknown, name: string): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'string') throw new Error(`expected "${name}" to be a text, got ${typeof value}`);
  return value;
}
