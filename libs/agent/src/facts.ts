import { PROTOCOL, WEAVER } from '@distrace/instrumentation/wire';
import type { AgentFacts, Manifest } from '@distrace/instrumentation/wire';
import { AGENT_VERSION } from './version.js';

export interface FactsOptions {
  /** Of the process; random. */
  readonly agentId: string;
  readonly service: string;
  readonly mode: AgentFacts['mode'];
  readonly counts: { readonly woven: number; readonly missed: number };
  /** Read for each request; undefined: not asked for. */
  readonly processFacts: (() => Readonly<Record<string, number>>) | undefined;
}

/** What the agent says of its process in each handshake. */
export function factsOf({ agentId, service, mode, counts, processFacts }: FactsOptions) {
  return (manifest: Manifest | undefined): AgentFacts => ({
    protocol: PROTOCOL,
    agentId,
    agentVersion: AGENT_VERSION,
    weaver: WEAVER,
    service,
    node: process.version,
    pid: process.pid,
    mode,
    serial: manifest?.serial ?? 0,
    rulesHash: manifest?.rulesHash ?? '',
    woven: counts.woven,
    missed: counts.missed,
    ...(processFacts === undefined ? {} : { process: processFacts() }),
  });
}
