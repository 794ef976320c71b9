import type { AgentFacts, Manifest } from '@distrace/instrumentation/wire';
import type { Settings } from './args/settings.js';
import type { Log } from './log.js';
import { tracedAsync } from './traced.js';
import type { Breaker } from './transport/breaker.js';
import { StatusError } from './transport/failure.js';
import { ask } from './transport/request.js';
import type { Ask, Endpoint } from './transport/request.js';

export interface GoodbyeOptions {
  /** Undefined: a pack file. */
  readonly endpoint: Endpoint | undefined;
  readonly facts: (manifest: Manifest | undefined) => AgentFacts;
  readonly manifest: Manifest | undefined;
  readonly settings: Pick<Settings, 'timeoutMs'>;
  readonly breaker: Pick<Breaker, 'failing'>;
  readonly log: Pick<Log, 'trace'>;
}

/** An end is not held for longer. */
const GOODBYE_MS = 200;

/** Tells the server that this process ends, with its last numbers. Never rejects. */
export async function sayGoodbye(options: GoodbyeOptions): Promise<void> {
  const { endpoint, facts, manifest, settings, breaker, log } = options;
  if (endpoint === undefined || breaker.failing) return;
  const agent = facts(manifest);
  const question: Ask = {
    method: 'DELETE',
    path: `/v1/agents/${agent.agentId}`,
    body: { agent },
    timeoutMs: Math.min(GOODBYE_MS, settings.timeoutMs),
    maxBytes: 0,
  };
  await tracedAsync(log, question, () => ask(endpoint, question).catch(noContent), 204).catch(
    () => undefined,
  );
}

/** The answer to a goodbye has no body. */
function noContent(error: unknown): undefined {
  if (error instanceof StatusError && error.status === 204) return undefined;
  throw error;
}
